"""Every ERP in every situation: only a definite answer is definite.

`python -m tests.adapters.erps` prints the table.
"""

from collections.abc import Callable

import pytest

from adapters.erps import Around
from domain.ports import Erp
from tests.adapters.erps.contract import Vendor, distinct_erps, vendor_of
from tests.adapters.erps.situations import SITUATIONS, Bench
from tests.adapters.erps.vendor_server import VendorServer


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("name", distinct_erps())
async def test_only_a_definite_answer_is_definite(
    name: str,
    situation: str,
    vendor: Vendor,
    connect: Callable[..., Erp],
    vendor_server: VendorServer,
    elsewhere: VendorServer,
    untrusted_url: str,
    around: Around,
) -> None:
    if situation in vendor.cannot_be:
        return  # the table gives the reason
    settings = vendor.furnish(around.data_dir, vendor_server.url)
    bench = Bench(name, vendor, connect, vendor_server, elsewhere, untrusted_url, settings)

    await vendor.instead.get(situation, SITUATIONS[situation])(bench)


@pytest.mark.parametrize("name", distinct_erps())
def test_says_of_each_situation_that_there_is_not_why(name: str) -> None:
    vendor = vendor_of(name)

    assert vendor.cannot_be.keys() | vendor.instead.keys() <= SITUATIONS.keys()
    assert not vendor.cannot_be.keys() & vendor.instead.keys()
    assert all(len(reason) > 10 for reason in vendor.cannot_be.values())
    assert vendor.sources
