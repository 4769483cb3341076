"""What a deal's stage means: by the mapping's lists, or by the properties that the source keeps for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from connectors.normalise.sheet import is_in, replaced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.normalise.sheet import Sheet
    from connectors.schema import Won


def stage_of(sheet: Sheet) -> NDArray[Any]:
    """won, lost or open for each row; a row whose stage says nothing is refused."""
    stage = _listed_stage(sheet)
    won = sheet.mapping.won
    if won is not None:
        said = _ruled_stage(sheet, won)
        stage = np.where(said == "", stage, said)
    sheet.refuse(stage == "", "stage_unmapped", "stage")
    return stage


def _listed_stage(sheet: Sheet) -> NDArray[Any]:
    """What the stage's text means by the mapping's lists; "" where none names it."""
    stages = sheet.mapping.stages
    encoded = pc.dictionary_encode(sheet.text("stage"))
    names = []
    for word in encoded.dictionary.to_pylist():
        listed = [s for s in ("won", "lost", "open") if stages is not None and word in getattr(stages, s)]
        names.append(listed[0] if listed else (stages.rest if stages is not None and word else ""))
    found: NDArray[Any] = np.array(names or [""], dtype=object)[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


def _ruled_stage(sheet: Sheet, won: Won) -> NDArray[Any]:
    """What the deal's own properties say; "" where they say nothing, or something else than true and false."""
    is_won = pc.utf8_lower(sheet.column(won.property))
    is_closed = pc.utf8_lower(sheet.column(won.closed)) if won.closed else is_won
    yes, no = is_in(is_won, ("true",)), is_in(is_won, ("false",))
    if not won.closed:
        lost = _listed_stage(sheet) == "lost"  # a list that says won is overruled: the property says it is not
        return np.where(yes, "won", np.where(no & lost, "lost", np.where(no, "open", ""))).astype(object)
    closed, running = is_in(is_closed, ("true",)), is_in(is_closed, ("false",))
    return np.where(yes, "won", np.where(no & closed, "lost", np.where(no & running, "open", ""))).astype(object)


def stage_name(sheet: Sheet) -> Any:
    """What people call the stage."""
    labels = sheet.mapping.labels
    text = sheet.text("stage")
    return replaced(text, labels) if labels else text
