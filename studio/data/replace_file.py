"""Writing a file so that there is always a whole one: the old or the new."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from studio.errors import StudioError


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to a temporary file beside `path`, make it durable, and put it in place.

    Raises StudioError with the reason when the system refuses; what was there before stays whole.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    temporary = target.parent / f".harmonium-{secrets.token_hex(6)}.part"
    try:
        try:
            with open(temporary, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if target.is_file():
                temporary.chmod(target.stat().st_mode & 0o7777)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
    except OSError as error:
        raise StudioError(*refusal(path, error)) from None


def sync_folder(folder: Path) -> None:
    """Make a rename durable where folders can be opened (not on Windows) and their file system can do it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError:
        return  # the file itself is in place and durable; network file systems refuse this for folders
    finally:
        os.close(descriptor)


def refusal(path: Path, error: OSError) -> tuple[str, str]:
    """Return what could not be written, why, and the remedy."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{path} was not written: the disk is full.", "Make room, or choose another place."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} was not written: the folder {path.parent} is not writable.", "Choose another folder."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"{path} was not written: the folder {path.parent} does not exist.", "Choose another folder."
    if error.errno == errno.EISDIR:
        return f"{path} was not written: it is a folder.", "Choose a file name."
    if error.errno == errno.ENAMETOOLONG:
        return f"{path} was not written: the name is too long.", "Choose a shorter name."
    return f"{path} was not written: {(error.strerror or 'the system refused').lower()}.", "Choose another place."
