using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ExecActors.Platform.Tests;

/// <summary>The filter's program, run by a model of the kernel's interpreter: for both architectures on one machine.</summary>
public sealed class SeccompFilterTests
{
    private const uint Allow = 0x7FFF0000;
    private const uint Eperm = 0x00050001;
    private const uint Enosys = 0x00050026;
    private const uint Kill = 0x80000000;
    private const ulong HighHalf = 0xFFFF_FFFF_0000_0000;

    private static readonly Dictionary<Architecture, (uint Audit, int Socket, int SocketPair, int Clone, int Ioctl, int Read)> _machines = new()
    {
        [Architecture.X64] = (0xC000003E, 41, 53, 56, 16, 0),
        [Architecture.Arm64] = (0xC00000B7, 198, 199, 220, 29, 63),
    };

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void The_calls_of_the_table_are_refused_and_others_are_not(Architecture architecture)
    {
        var machine = _machines[architecture];
        var refused = SystemCalls.Table.Select(call => architecture == Architecture.X64 ? call.X64 : call.Arm64).Where(number => number >= 0).ToHashSet();
        for (var number = 0; number < 600; number++)
        {
            var expected = refused.Contains(number) ? Eperm : number == 435 ? Enosys : Allow;
            Assert.Equal((number, expected), (number, Run(architecture, machine.Audit, number)));
        }
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Another_architectures_calls_end_the_program(Architecture architecture)
    {
        Assert.Equal(Kill, Run(architecture, 0x40000003, 1)); // 32-bit x86
        Assert.Equal(Kill, Run(architecture, 0x40000028, 1)); // 32-bit arm
        Assert.Equal(Kill, Run(architecture, _machines[architecture == Architecture.X64 ? Architecture.Arm64 : Architecture.X64].Audit, 1));
    }

    [Fact]
    public void The_x32_numbering_is_not_there()
    {
        Assert.Equal(Enosys, Run(Architecture.X64, 0xC000003E, 0x40000000));
        Assert.Equal(Enosys, Run(Architecture.X64, 0xC000003E, 0x40000000 + 41, 2));
        Assert.Equal(Enosys, Run(Architecture.X64, 0xC000003E, -1));
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Clone_makes_threads_and_processes_and_no_namespaces(Architecture architecture)
    {
        var (audit, _, _, clone, _, _) = _machines[architecture];
        Assert.Equal(Allow, Run(architecture, audit, clone, 0x003D0F00)); // a thread
        Assert.Equal(Allow, Run(architecture, audit, clone, 0x01200011)); // a process
        foreach (var flag in new uint[] { 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000 })
        {
            Assert.Equal(Eperm, Run(architecture, audit, clone, flag | 0x11));
        }
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Terminals_take_no_input_from_their_programs(Architecture architecture)
    {
        var (audit, _, _, _, ioctl, _) = _machines[architecture];
        Assert.Equal(Eperm, Run(architecture, audit, ioctl, 0, 0x5412));
        Assert.Equal(Eperm, Run(architecture, audit, ioctl, 0, 0x5412 | HighHalf)); // the kernel looks at the low half
        Assert.Equal(Eperm, Run(architecture, audit, ioctl, 0, 0x541C));
        Assert.Equal(Allow, Run(architecture, audit, ioctl, 0, 0x5413));
    }

    [Theory]
    [InlineData(Architecture.X64, true, false)]
    [InlineData(Architecture.X64, false, false)]
    [InlineData(Architecture.X64, true, true)]
    [InlineData(Architecture.X64, false, true)]
    [InlineData(Architecture.Arm64, true, false)]
    [InlineData(Architecture.Arm64, false, false)]
    [InlineData(Architecture.Arm64, true, true)]
    [InlineData(Architecture.Arm64, false, true)]
    public void Sockets_follow_the_network_and_the_setting(Architecture architecture, bool restricted, bool withoutUnix)
    {
        var (audit, socket, pair, _, _, _) = _machines[architecture];
        for (var family = 0; family < 48; family++)
        {
            var isUnix = family == 1;
            var forSocket = (isUnix ? withoutUnix : restricted) ? Eperm : Allow;
            var forPair = restricted && !isUnix ? Eperm : Allow;
            Assert.Equal((family, forSocket, forPair), (family, Of(socket), Of(pair)));

            uint Of(int number) => Interpret(SeccompFilter.Build(architecture, restricted, withoutUnix), audit, number, (ulong)family);
        }
    }

    private static uint Run(Architecture architecture, uint audit, int number, params ulong[] arguments) =>
        Interpret(SeccompFilter.Build(architecture, restrictsNetwork: false, deniesUnixSockets: false), audit, number, arguments);

    // Classic BPF as the kernel runs it on struct seccomp_data; an instruction that it does not have fails the test.
    private static uint Interpret(byte[] program, uint audit, int number, params ulong[] arguments)
    {
        var data = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), audit);
        for (var i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16 + (i * 8)), arguments[i]);
        }

        var loaded = 0U;
        for (var at = 0; ; at++)
        {
            var instruction = program.AsSpan(at * 8, 8);
            var value = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(instruction))
            {
                case 0x20:
                    loaded = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)value));
                    break;
                case 0x15:
                    at += loaded == value ? instruction[2] : instruction[3];
                    break;
                case 0x35:
                    at += loaded >= value ? instruction[2] : instruction[3];
                    break;
                case 0x45:
                    at += (loaded & value) != 0 ? instruction[2] : instruction[3];
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException($"instruction {at} is unknown");
            }
        }
    }
}
