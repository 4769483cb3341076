"""Rows of what is sold and to whom: accounts, products, line items."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from connectors.normalise.counted import MILLIONTHS, VALUE_CODES
from connectors.normalise.fields import currency_of, exact, money_of, nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from connectors.normalise.sheet import Sheet

    Built = tuple[dict[str, Any], NDArray[np.bool_]]


def _account(sheet: Sheet) -> Built:
    sheet.need("id", "key_missing")
    sheet.need("name")
    rest = {name: sheet.text(name) for name in ("name", "domain", "industry", "segment", "region")}
    return {"external_id": sheet.text("id"), **rest, "domain": pc.utf8_lower(rest["domain"])}, nobody(sheet)


def _product(sheet: Sheet) -> Built:
    sheet.need("id", "key_missing")
    sheet.need("name")
    rest = {name: sheet.text(name) for name in ("name", "code", "family")}
    return {"external_id": sheet.text("id"), **rest}, nobody(sheet)


def _line_item(sheet: Sheet) -> Built:
    sheet.need("id", "key_missing")
    sheet.need("deal")
    codes = currency_of(sheet, "currency")
    amount = money_of(sheet, codes, ~nobody(sheet))
    quantity = exact(sheet, "quantity", np.full(sheet.count, MILLIONTHS, dtype=np.int64), VALUE_CODES)
    return {
        "external_id": sheet.text("id"),
        "deal_external_id": sheet.text("deal"),
        "product_external_id": sheet.text("product"),
        "name": sheet.text("name"),
        "quantity": quantity,
        "amount_cents": amount,
        "currency": codes,
    }, nobody(sheet)


BUILDERS: Mapping[str, Callable[[Sheet], Built]] = MappingProxyType(
    {"account": _account, "product": _product, "line_item": _line_item}
)
