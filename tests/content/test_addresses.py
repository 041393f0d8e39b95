import pytest

from persona_router.content.addresses import is_private_host, is_public


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d70e", True),
        ("2002:7f00:1::", False),
        ("", False),
        ("desk.example", False),
    ],
)
def test_is_public_tells_the_internet_from_everything_else(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("desk.localhost", True),
        ("[::1]", True),
        ("10.0.0.7", True),
        ("93.184.215.14", False),
        ("desk.example", False),
        ("desk.internal", False),
    ],
)
def test_is_private_host_judges_by_the_name_alone(host: str, private: bool) -> None:
    assert is_private_host(host) is private
