"""What was worked out for a value is kept for its like, under the very same object only."""

from risk_engine.files.once import KEPT, once_of_each


def test_a_value_that_is_read_again_is_known_and_another_object_or_value_is_not() -> None:
    asked: list[tuple[str, ...]] = []

    @once_of_each
    def found(value: tuple[str, ...], under: list[str]) -> str:
        asked.append(value)
        return "".join((*value, *under))

    one, other = ["x"], ["x"]
    assert [found((*"ab",), one), found((*"ab",), one), found((*"ab",), other), found((*"ac",), one)] == [
        "abx", "abx", "abx", "acx",
    ]  # fmt: skip
    assert asked == [(*"ab",), (*"ab",), (*"ac",)]


def test_what_was_asked_long_ago_is_let_go() -> None:
    asked: list[int] = []
    under: list[int] = []

    @once_of_each
    def found(value: int, _under: list[int]) -> int:
        asked.append(value)
        return -value

    for number in (*range(KEPT), 0, KEPT, 0):
        assert found(number, under) == -number
    assert asked == [*range(KEPT), KEPT, 0]
