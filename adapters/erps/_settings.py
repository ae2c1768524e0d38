"""The settings of a connection: all that is needed is there, and can be used."""

from collections.abc import Callable, Mapping

from adapters.erps._secrets import Settings
from domain.erps import ErpTrouble, Trouble

Rules = Mapping[str, Callable[[str], bool]]
"""For each setting, whether a value can be used; the empty one stands for a missing setting."""


def checked(erp: str, settings: Settings, rules: Rules, **defaults: str) -> Settings:
    """The settings with the defaults where they are silent.

    Raises ErpTrouble(NOT_CONFIGURED), naming the settings that are wrong and not their values.
    """
    chosen = {**defaults, **settings}
    wrong = [name for name, is_right in rules.items() if not is_right(chosen.get(name, ""))]
    if wrong:
        detail = f"missing or unusable in the connection to {erp}: {', '.join(wrong)}"
        raise ErpTrouble(Trouble.NOT_CONFIGURED, detail)
    return chosen
