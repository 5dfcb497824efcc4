using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>siginfo_t as waitid(2) fills it on 64-bit Linux.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SignalInfo
{
    private const int CLD_EXITED = 1;

    [FieldOffset(8)]
    private readonly int _code;

    [FieldOffset(16)]
    private readonly int _pid;

    [FieldOffset(24)]
    private readonly int _status;

    /// <summary>False when the child still runs.</summary>
    public readonly bool HasChild => _pid != 0;

    /// <summary>How it ended: by itself, or killed or dumped by a signal (128 + n, as a shell says it).</summary>
    public readonly ExitStatus ExitStatus =>
        _code == CLD_EXITED ? new ExitStatus(_status & 0xFF, 0) : new ExitStatus(128 + _status, _status);
}
