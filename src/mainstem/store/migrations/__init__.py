"""The schema of the database `mainstem`, as revisions that only go forward.

To add one: `versions/v0002_<what>.py` with the next number as `revision` and the one before as
`down_revision`, an `upgrade()` of `op.execute` statements (one each), and rows for its tables in
`tests/unit/store/revision_rows/0002.sql`. A revision that has been released is never edited, and none has a
`downgrade`: an older program refuses a newer schema instead.
"""

from __future__ import annotations
