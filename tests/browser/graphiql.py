"""GraphiQL with a person in front of it: every move goes through the page's editors and buttons."""

import asyncio
import json
import time
from typing import Any, Literal

from playwright.async_api import Page, Response, expect

READ_ANSWER = """() => __MONACO.editor.getModels()
    .find(model => model.uri.path.endsWith("response.json")).getValue()"""


class GraphiQL:
    """The page, once it is ready."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._answer = page.locator(".graphiql-response .view-lines")

    async def open(self, link: str) -> None:
        await self.page.goto(link)
        await self.is_ready()

    async def is_ready(self) -> None:
        await self._answer.wait_for()

    async def ask(self, tab: str, **variables: str) -> Any:
        """Run what stands ready in a tab, with these variables; the data of the answer."""
        await self.page.get_by_role("tab", name=tab).click()
        if variables:
            await self.write("Variables", json.dumps(variables, indent=2))
        return await self.run()

    async def ask_anew(self, query: str, **variables: str) -> Any:
        """The same for a query of one's own, in a new tab."""
        await self.page.get_by_role("button", name="New tab").click()
        await self._paste_into("Operation Editor", query)
        await self.write("Variables", json.dumps(variables, indent=2))
        return await self.run()

    async def write(self, editor: Literal["Variables", "Headers"], text: str) -> None:
        """Replace what one of the two editors below the query holds."""
        await self.page.get_by_role("button", name=editor, exact=True).click()
        await self._paste_into(editor, text)

    async def run(self) -> Any:
        """Press the button, and read from the page what came of it."""
        async with self.page.expect_response(_is_answer) as answered:
            await self.page.get_by_role("button", name="Execute query").click()
        body = await (await answered.value).json()
        await self._wait_until_shown(body)
        assert "errors" not in body, body
        return body["data"]

    async def read_answer(self) -> str:
        """All of the answer, also what one would have to scroll to."""
        text: str = await self.page.evaluate(READ_ANSWER)
        return text

    async def sees(self, text: str) -> None:
        """The text is on the screen, among the answer."""
        await expect(self._answer).to_contain_text(_as_drawn(text))

    async def no_longer_sees(self, text: str) -> None:
        await expect(self._answer).not_to_contain_text(_as_drawn(text))

    async def _paste_into(self, region: str, text: str) -> None:
        # Pasted, for the editor lends a hand to who types: it closes brackets and indents.
        await self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        editor = self.page.get_by_role("region", name=region)
        await editor.locator(".graphiql-editor:not(.hidden)").click()
        await self.page.keyboard.press("ControlOrMeta+A")
        await self.page.keyboard.press("ControlOrMeta+V")

    async def _wait_until_shown(self, body: Any) -> None:
        deadline = time.monotonic() + 10
        while (shown := await self.read_answer()) == "" or json.loads(shown) != body:
            assert time.monotonic() < deadline, f"the page shows {shown}, the answer was {body}"
            await asyncio.sleep(0.02)


def _as_drawn(text: str) -> str:
    """The editor draws spaces that do not break."""
    return text.replace(" ", "\u00a0")


def _is_answer(response: Response) -> bool:
    asked = response.request.post_data or ""
    return response.url.endswith("/graphql") and "IntrospectionQuery" not in asked
