using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ExecActors.Platform;

/// <summary>Assembles the system-call filter of a sandbox: a classic BPF program as <c>bwrap --seccomp</c> takes it (an array of struct sock_filter).</summary>
public static class SeccompFilter
{
    private const ushort LoadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private const ushort JumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort JumpIfAtLeast = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    private const ushort JumpIfAnyBit = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private const ushort Return = 0x06; // BPF_RET | BPF_K

    // struct seccomp_data: nr at 0, arch at 4, instruction pointer at 8, six arguments of 8 bytes at 16, each with its low word first.
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint FirstArgumentOffset = 16;
    private const uint SecondArgumentOffset = 24;

    private const uint Allow = 0x7FFF0000;
    private const uint KillProcess = 0x80000000;
    private const uint FailWithEperm = 0x00050000 | 1;
    private const uint FailWithEnosys = 0x00050000 | 38;

    private const uint AF_UNIX = 1;
    private const uint X32Bit = 0x40000000;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. (CLONE_NEWTIME cannot be asked of clone.)
    private const uint NamespaceFlags = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;

    private static readonly uint[] _terminalRequests = [0x5412 /* TIOCSTI */, 0x541C /* TIOCLINUX */];

    /// <summary>The filter for this machine.</summary>
    /// <param name="restrictsNetwork">Sockets other than AF_UNIX fail with EPERM.</param>
    /// <param name="deniesUnixSockets">AF_UNIX sockets fail with EPERM too; socket pairs are still made.</param>
    /// <exception cref="PlatformNotSupportedException">Neither x86-64 nor arm64.</exception>
    public static byte[] Build(bool restrictsNetwork, bool deniesUnixSockets) =>
        Build(RuntimeInformation.ProcessArchitecture, restrictsNetwork, deniesUnixSockets);

    /// <summary>The filter for an architecture.</summary>
    /// <inheritdoc cref="Build(bool, bool)"/>
    public static byte[] Build(Architecture architecture, bool restrictsNetwork, bool deniesUnixSockets)
    {
        var calls = SystemCalls.For(architecture);
        var program = new List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)>();

        // Another architecture numbers its calls differently: nothing below would mean what it says.
        program.Add((LoadWord, 0, 0, ArchitectureOffset));
        program.Add((JumpIfEqual, 1, 0, calls.Audit));
        program.Add((Return, 0, 0, KillProcess));
        program.Add((LoadWord, 0, 0, NumberOffset));
        if (architecture == Architecture.X64)
        {
            Refuse(program, JumpIfAtLeast, X32Bit, FailWithEnosys);
        }

        foreach (var number in calls.Refused)
        {
            Refuse(program, JumpIfEqual, number, FailWithEperm);
        }

        // Its flags are in memory, where a filter cannot look. The C library goes on with clone.
        Refuse(program, JumpIfEqual, SystemCalls.Clone3, FailWithEnosys);
        RefuseArgument(program, calls.Clone, FirstArgumentOffset, JumpIfAnyBit, [NamespaceFlags]);
        RefuseArgument(program, calls.Ioctl, SecondArgumentOffset, JumpIfEqual, _terminalRequests);
        if (restrictsNetwork)
        {
            AllowOnlyUnix(program, calls.Socket);
            AllowOnlyUnix(program, calls.SocketPair);
        }

        if (deniesUnixSockets)
        {
            RefuseArgument(program, calls.Socket, FirstArgumentOffset, JumpIfEqual, [AF_UNIX]);
        }

        program.Add((Return, 0, 0, Allow));
        return Encode(program);
    }

    // With the number loaded; leaves it loaded.
    private static void Refuse(List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program, ushort test, uint value, uint action)
    {
        program.Add((test, 0, 1, value));
        program.Add((Return, 0, 0, action));
    }

    private static void RefuseArgument(
        List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program, uint number, uint offset, ushort test, uint[] values)
    {
        program.Add((JumpIfEqual, 0, checked((byte)(2 + (2 * values.Length))), number));
        program.Add((LoadWord, 0, 0, offset));
        foreach (var value in values)
        {
            Refuse(program, test, value, FailWithEperm);
        }

        program.Add((LoadWord, 0, 0, NumberOffset));
    }

    private static void AllowOnlyUnix(List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program, uint number)
    {
        program.Add((JumpIfEqual, 0, 4, number));
        program.Add((LoadWord, 0, 0, FirstArgumentOffset));
        program.Add((JumpIfEqual, 1, 0, AF_UNIX));
        program.Add((Return, 0, 0, FailWithEperm));
        program.Add((LoadWord, 0, 0, NumberOffset));
    }

    private static byte[] Encode(List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program)
    {
        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var slot = bytes.AsSpan(i * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(slot, program[i].Code);
            slot[2] = program[i].IfTrue;
            slot[3] = program[i].IfFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], program[i].Value);
        }

        return bytes;
    }
}
