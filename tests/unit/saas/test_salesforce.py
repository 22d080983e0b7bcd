from __future__ import annotations

import pytest

from mainstem.saas.salesforce import csv_records, long_id


def test_an_id_of_15_characters_gets_the_three_that_say_its_case() -> None:
    assert long_id("001A0000006Vm9r") == long_id("001A0000006Vm9rIAC") == "001A0000006Vm9rIAC"


@pytest.mark.parametrize(
    "text", ['"Id","Name"\n"1","a', '"Id","Name"\n"1"\n', '"Id","Name"\n"1","a"', '"Id"\n"1","a"\n']
)
def test_a_part_that_does_not_end_as_csv_does_is_not_taken(text: str) -> None:
    with pytest.raises(ValueError, match="line"):
        list(csv_records(text))


def test_a_value_may_have_quotes_commas_and_lines() -> None:
    text = '"Id","Name"\n"1","say ""hi"",\nthere"\n'
    assert list(csv_records(text)) == [{"Id": "1", "Name": 'say "hi",\nthere'}]
