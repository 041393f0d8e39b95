"""What the programs of `make run` find in their environment."""

from pathlib import Path

import pytest

from scripts.programs import _wide_products, environment_for

AVX512 = "flags : fpu avx2 avx512f avx512cd avx512bw avx512dq avx512vl\n"


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("processor", "found"),
    [
        (f"processor : 0\n{AVX512}", {"OPENBLAS_CORETYPE": "SkylakeX"}),
        ("processor : 0\nflags : fpu avx2 avx512f\n", {}),
        ("processor : 0\nFeatures : neon\n", {}),
        ("", {}),
    ],
    ids=["all of AVX-512", "a part of it", "another kind", "nothing told"],
)
def test_avx512_is_used_only_where_the_processor_has_it_all(
    tmp_path: Path, processor: str, found: dict[str, str]
) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(processor, encoding="utf-8")
    assert _wide_products(path) == found
    assert _wide_products(tmp_path / "missing") == {}


def test_what_somebody_has_set_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    environment = environment_for(5055, state=tmp_path)
    assert environment["OPENBLAS_CORETYPE"] == "Haswell"
    assert environment["OPENBLAS_NUM_THREADS"] == "2"
