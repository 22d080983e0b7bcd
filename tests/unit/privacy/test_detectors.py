from __future__ import annotations

import pytest

from mainstem.privacy.detectors import DETECTORS


def found(name: str, text: str) -> list[str]:
    spans = {str(detector.name): detector.spans for detector in DETECTORS}[name]
    return [text[begin:end] for begin, end in spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ana@shop.example", "ana@shop.example"),
        ("write to Ana.Ruiz+news@mail.shop.co.uk, please", "Ana.Ruiz+news@mail.shop.co.uk"),
        ("<ana@shop.example>", "ana@shop.example"),
        ("mailto:ana@shop.example?subject=x", "ana@shop.example"),
        ("é.müller@größe.example", "é.müller@größe.example"),
        ("a@b.c", "a@b.c"),
        ("wei@163.com", "wei@163.com"),
        ('"ana ruiz"@shop.example', '"ana ruiz"@shop.example'),
        ("x=ana@shop.example&y", "ana@shop.example"),
    ],
)
def test_an_address_is_found_in_any_text(text: str, expected: str) -> None:
    assert found("email", text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "@ana",
        "ana@",
        "@rudderstack/analytics-js@3.0.1",
        "react@18.x",
        "tool@1.2.beta",
        "10 @ 2.50",
        "a@b",
        "x@ y.de",
    ],
)
def test_what_only_has_an_at_sign_is_no_address(text: str) -> None:
    assert found("email", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "3782 822463 10005",
        "6011111111111117",
        "30569309025904",
        "3566002020360505",
        "6200000000000005",
        "4222222222222",
        "6759649826438453",
        "4000000000000000006",
    ],
)
def test_numbers_of_every_scheme_are_found(text: str) -> None:
    for around in ("{}", "card {}.", "x{}y", "12 {}", "?n={}&m=1"):
        assert found("card", around.format(text)) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # the check digit is wrong
        "411111111111",  # twelve digits: no Visa
        "41111111111111110",  # seventeen: none either
        "1795388122896",  # a moment in milliseconds
        "1795388122896123",  # in microseconds
        "9111111111111111",
        "0000000000000000",
        "2026-02-03 04:05:06.789",
        "10.15.7.4111",
        "41111111-1111-4111-8111-111111111111",
        "d41d8cd98f004111111111111111e9aa",  # an MD5
        "k1:" + "a" * 24 + "4111111111111111" + "b" * 24,  # a pseudonym
        "12345678901234567890123456",
    ],
)
def test_ids_moments_and_wrong_check_digits_are_no_cards(text: str) -> None:
    assert found("card", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "+491709988776",
        "+49 170 9988776",
        "+49 (0)30 123456",
        "+1-202-555-0143",
        "+1 (202) 555-0143",
        "+44 20 7946 0958",
        "+33.6.12.34.56.78",
        "(555) 867-5309",
        "555-867-5309",
        "555.867.5309",
        "555 867 5309",
        "1-800-555-0199",
        "(555)867-5309",
        "030 1234567",
        "0170/1234567",
        "0170-1234567",
        "(030) 1234567",
        "020 7946 0958",
        "06 12 34 56 78",
        "01632 960001",
        "0412 345 678",
        "02 9876 5432",
    ],
)
def test_numbers_as_people_write_them_are_found(text: str) -> None:
    for around in ("{}", "call {} now", "q={}&", "x {}"):
        assert found("phone", around.format(text)) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "5558675309",
        "491709988776",
        "1795388122896",
        "000000012345",
        "2026-02-03",
        "2026-02-03 04:05:06",
        "2026-02-03T04:05:06.789+00:00",
        "2026-02-03T04:05:06+0000",
        "03.02.2026 04:05",
        "03-02-2026 1234",
        "10.15.7",
        "120.0.6099.1234",
        "192.168.100.200",
        "203.0.113.7:8080",
        "123-4567890-1234567",
        "0.123456789",
        "52.5200066, 13.4049540",
        "978-0-306-40615-7",
        "0-306-40615-2",
        "100-200",
        "+00:00",
        "1e+30",
        "+5",
        "4b1c8a52-6a7e-4c39-9d0e-000000012345",
        "node-next-1795388033584-58c6fec2-1d9b-4ad2-a106-74e31231acd4",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15",
        "order-123456789",
        "123-45-6789",
    ],
)
def test_ids_dates_versions_and_amounts_are_no_telephone_numbers(text: str) -> None:
    assert found("phone", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dcAA",
        "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "AIza" + "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
        "glpat-" + "AbCdEfGhIj-KlMnOp1qR",
        "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
        "Zx9qW8eR7tY6uI5oP4aLkJ3hG2fD1sMnBvCxZ0Q",
        "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE",
    ],
)
def test_secrets_are_found_by_their_issuers_spelling_or_as_random_text(text: str) -> None:
    for around in ("{}", "Bearer {}", "?a={}"):
        assert found("token", around.format(text)) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "4b1c8a52-6a7e-4c39-9d0e-000000012345",
        "4B1C8A52-6A7E-4C39-9D0E-00000001234A",
        "p4xk8q7m2z9w1r5t6y3u0i8o7a",
        "d41d8cd98f00b204e9800998ecf8427e",
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "getUserAccountDetailsAndPreferencesV2Handler",
        "ajs-next-1795388203908-eff51194-d4c7-4588-97ef-b3820300366c",
        "/docs/getting-started/installation-on-kubernetes-1-29",
        "the-quick-brown-fox-jumps-over-the-lazy-dog-2026",
        "k1:" + "0123456789abcdef" * 4,
    ],
)
def test_ids_digests_and_words_are_no_secrets(text: str) -> None:
    assert found("token", text) == []


@pytest.mark.parametrize(
    ("detector", "name", "is_telling"),
    [
        ("email", "useremail", True),
        ("email", "emailsentat", False),
        ("email", "emailcount", False),
        ("phone", "phonenumber", True),
        ("phone", "phonetype", False),
        ("phone", "msisdn", True),
        ("card", "creditcardnumber", True),
        ("card", "cardtype", False),
        ("card", "company", False),
        ("token", "accesstoken", True),
        ("token", "tokens", False),
        ("token", "tokentype", False),
        ("token", "password", True),
        ("token", "writekey", False),
    ],
)
def test_a_name_tells_of_what_stands_under_it(detector: str, name: str, is_telling: bool) -> None:
    detectors = {str(one.name): one for one in DETECTORS}
    assert detectors[detector].is_name(name) is is_telling


@pytest.mark.parametrize(
    "piece",
    [
        "@",
        "a@",
        "a.a@",
        "eyJ",
        "eyJ-",
        "xoxa-",
        "1 ",
        "11-",
        "+1 ",
        "0123 ",
        "(0",
        "A1b2",
        "SG.",
        "ya29.",
        "-----BEGIN ",
    ],
)
def test_no_text_makes_a_detector_go_over_it_again_and_again(piece: str) -> None:
    """Nothing is asserted of time: with a square of the length the suite's time limit ends it."""
    for detector in DETECTORS:
        assert all(begin < end for begin, end in detector.spans(piece * (200_000 // len(piece))))
