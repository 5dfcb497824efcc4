#pragma warning disable CA2000 // the pipe passes to the object that it is made for, or is closed
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>A pipe that signals of this program write their numbers to, and a thread that reads it. One at a time in a program; disposing takes it away.</summary>
internal sealed class SignalPipe : IDisposable
{
    private const int StackBytes = 128 * 1024;
    private const int HandlerOffset = 17; // of the descriptor's number in the code below

    private static SignalPipe? _current;

    private readonly SafeFileHandle _read;
    private readonly SafeFileHandle _write;
    private readonly Action<int> _received;
    private readonly Thread _thread;
    private readonly List<(int Signal, byte[] Before)> _replaced = [];

    private SignalPipe(SafeFileHandle read, SafeFileHandle write, Action<int> received)
    {
        _read = read;
        _write = write;
        _received = received;
        _thread = new Thread(Wait, StackBytes) { Name = "signals", IsBackground = true };
    }

    /// <summary>Takes these signals over, except those that are ignored.</summary>
    /// <param name="signals">Their numbers.</param>
    /// <param name="received">Told a number on a thread of its own. Must not throw.</param>
    /// <returns>Null where it cannot be had, or there is one already: a test may run several servers in one program.</returns>
    public static SignalPipe? TryOpen(IEnumerable<int> signals, Action<int> received)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || Libc.Pipe2(out var read, out var write) < 0)
        {
            return null;
        }

        var pipe = new SignalPipe(read, write, received);
        var handler = LoadHandler((int)write.DangerousGetHandle());
        if (handler == 0 || Interlocked.CompareExchange(ref _current, pipe, comparand: null) is not null)
        {
            read.Dispose();
            write.Dispose();
            return null;
        }

        pipe._thread.Start();
        foreach (var signal in signals)
        {
            if (Libc.TryHandle(signal, handler) is { } before)
            {
                pipe._replaced.Add((signal, before));
            }
        }

        return pipe;
    }

    /// <summary>Has the signals do what they did before. Not to be called by what is told of one.</summary>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _current, value: null, comparand: this) != this)
        {
            return;
        }

        foreach (var (signal, before) in _replaced)
        {
            Libc.Unhandle(signal, before);
        }

        _ = Libc.Write(_write, new byte[sizeof(ulong)]); // number 0: the end
        if (Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            _thread.Join();
        }

        _write.Dispose();
        _read.Dispose();
    }

    private static nint LoadHandler(int descriptor)
    {
        // System V calling convention: the signal's number in edi. Registers need no care, the kernel puts them back; errno is not touched.
        Span<byte> code =
        [
            0xF3, 0x0F, 0x1E, 0xFA,                     // endbr64
            0x57,                                       // push  rdi
            0x48, 0x89, 0xE6,                           // mov   rsi, rsp
            0xBA, 0x08, 0x00, 0x00, 0x00,               // mov   edx, 8
            0x0F, 0x1F, 0x00,                           // nop
            0xBF, 0x00, 0x00, 0x00, 0x00,               // mov   edi, descriptor
            0xB8, 0x01, 0x00, 0x00, 0x00,               // mov   eax, 1      write(2)
            0x0F, 0x05,                                 // syscall
            0x5F,                                       // pop   rdi
            0xC3,                                       // ret
        ];
        BinaryPrimitives.WriteInt32LittleEndian(code[HandlerOffset..], descriptor);
        return Libc.MapCode(code);
    }

    private void Wait()
    {
        var buffer = new byte[sizeof(ulong)];
        while (true)
        {
            var count = Libc.Read(_read, buffer);
            if (count < 0 && Libc.LastErrno == Errno.EINTR)
            {
                continue;
            }

            if (count != buffer.Length || BinaryPrimitives.ReadInt32LittleEndian(buffer) is var signal && signal == 0)
            {
                return;
            }

            _received(signal);
        }
    }
}
