"""Where the mail of readers goes: into a command's standard input, as a mail server's own pipe brings it."""

import asyncio
import shlex
from asyncio.subprocess import DEVNULL, PIPE

SECONDS = 60
RECIPIENT = "${recipient}"


class Pipe:
    """`command` as a shell would split it; `${recipient}` in it is whom the mail is to. Empty: nothing goes out."""

    def __init__(self, command: str = "") -> None:
        self._command = shlex.split(command)

    def __bool__(self) -> bool:
        return bool(self._command)

    async def deliver(self, raw: bytes, to: str) -> int:
        """The command's exit status; 75 (sysexits.h) where it could not be run or did not end."""
        command = [part.replace(RECIPIENT, to) for part in self._command]
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=DEVNULL)
        except OSError:
            return 75
        try:
            async with asyncio.timeout(SECONDS):
                await process.communicate(raw)
        except TimeoutError:
            process.kill()
            await process.wait()
            return 75
        return process.returncode or 0
