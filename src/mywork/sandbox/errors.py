"""What can go wrong when the world is set up on one machine; each message says what to do.

SandboxFault
├── WheelMissing       the server's programs are not installed
├── FolderUnusable     the data folder cannot be read or written
├── ForeignData        the data was written by another major version
├── AlreadyRunning     another server works on the same folder
├── PortInUse          the wanted port belongs to somebody else
├── RootRefused        root cannot be shed, and the server refuses root
└── ServerDidNotStart  the server's own last words
"""


class SandboxFault(Exception):
    """The embedded world cannot be set up; the message is one sentence for the terminal."""


class WheelMissing(SandboxFault):
    pass


class FolderUnusable(SandboxFault):
    pass


class ForeignData(SandboxFault):
    pass


class AlreadyRunning(SandboxFault):
    pass


class PortInUse(SandboxFault):
    pass


class RootRefused(SandboxFault):
    pass


class ServerDidNotStart(SandboxFault):
    pass
