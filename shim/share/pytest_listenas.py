"""Tests on several platforms with pytest and listenas.

    @pytest.mark.platforms("linux", "freebsd", "mks")
    def test_queue(listenas, server):
        ...

    PYTHONPATH=/usr/local/share/listenas listenas run -p linux -- python3 -m pytest -p pytest_listenas

Such a test runs once for each platform, which is chosen before its fixtures are set up and given back after they are
torn down; fixtures of a wider scope keep the platform of the test that set them up. Without liblistenas.so in the
process it is skipped. It fails if the platform cannot be chosen: an unknown name, or other threads in the process
(pytest-xdist has one: let pytest-forked run each test in a child of its own).

The record has a mark before each such test: its name.
"""

import ctypes
import os

import pytest

HERE = ctypes.CDLL(None, use_errno=True)
NOT_HERE = "liblistenas.so is not loaded: start pytest with `listenas run`"


class Call(ctypes.Structure):
    """struct listenas_call of listenas.h"""

    _fields_ = [
        ("number", ctypes.c_uint64),
        ("time_ns", ctypes.c_uint64),
        ("count", ctypes.c_uint64),
        ("name", ctypes.c_char_p),
        ("keys", ctypes.c_char_p * 2),
        ("text", ctypes.c_char_p),
        ("fd", ctypes.c_int),
        ("result", ctypes.c_int),
        ("error", ctypes.c_int),
        ("kernel_error", ctypes.c_int),
        ("asked", ctypes.c_int),
        ("capacity", ctypes.c_int),
        ("thread", ctypes.c_int),
    ]

    def copy(self):
        """The call as a dictionary, its strings as str."""
        call = {name: getattr(self, name) for name, _ in self._fields_}
        call["keys"] = [key.decode() for key in self.keys if key]
        call["name"] = self.name.decode()
        call["text"] = self.text.decode(errors="replace")
        return call


VISIT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Call), ctypes.c_void_p)


def is_here():
    return hasattr(HERE, "listenas_use")


def fail(error, message=None):
    raise OSError(error, message or os.strerror(error))


class Listenas:
    """The functions of listenas.h; each raises OSError where they fail."""

    def __init__(self):
        HERE.listenas_profile.restype = HERE.listenas_message.restype = ctypes.c_char_p

    @property
    def platform(self):
        return HERE.listenas_profile().decode()

    def use(self, platform):
        error = HERE.listenas_use(os.fsencode(platform))
        if error:
            fail(error, HERE.listenas_message().decode(errors="replace"))

    def provoke(self, errors):
        """In the syntax of LISTENAS_PROVOKE: "accept:EMFILE@3"; "" ends it, as the end of a test on platforms does."""
        error = HERE.listenas_provoke(errors.encode())
        if error:
            fail(error, HERE.listenas_message().decode(errors="replace"))

    def mark(self, text):
        """Does nothing where nothing is recorded."""
        HERE.listenas_mark(text.encode())

    def wait_full(self, listener, timeout):
        """Whether the queue of a socket or descriptor is full within `timeout` seconds; None: waits for ever."""
        fd = listener if isinstance(listener, int) else listener.fileno()
        full = HERE.listenas_wait_full(fd, -1 if timeout is None else int(timeout * 1000))
        if full < 0:
            fail(ctypes.get_errno())
        return full == 1

    def calls(self):
        """The calls of this process that are recorded, the oldest first, as dictionaries."""
        calls = []

        def visit(call, _):
            calls.append(call.contents.copy())
            return 0

        if HERE.listenas_walk(VISIT(visit), None) < 0:
            fail(ctypes.get_errno())
        return calls


def pytest_configure(config):
    config.addinivalue_line("markers", "platforms(name, ...): run the test as each of these platforms of listenas")


def pytest_generate_tests(metafunc):
    marker = metafunc.definition.get_closest_marker("platforms")
    if marker:
        if "platform" not in metafunc.fixturenames:
            metafunc.fixturenames.append("platform")
        metafunc.parametrize("platform", marker.args)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if not item.get_closest_marker("platforms"):
        return
    if not is_here():
        pytest.skip(NOT_HERE)
    here = Listenas()
    item.platform_before = here.platform
    here.use(item.callspec.params["platform"])
    here.mark(item.name)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item):
    yield
    if hasattr(item, "platform_before"):
        Listenas().provoke("")
        Listenas().use(item.platform_before)


@pytest.fixture
def listenas():
    """The functions of listenas.h, for a test on platforms or any other; skips the test without the library."""
    if not is_here():
        pytest.skip(NOT_HERE)
    return Listenas()
