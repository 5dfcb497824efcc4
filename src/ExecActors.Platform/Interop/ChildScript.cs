using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>
/// The system calls of a new child up to its program. It is made with clone(2), shares this program's memory and its table of descriptors, and begins by taking
/// a table of its own with the lowest of them (CLOSE_RANGE_UNSHARE of close_range(2)). The holder disposes it.
/// </summary>
/// <remarks>
/// posix_spawn(3) has the kernel copy the whole table for a child that closes nearly all of it again, 0.1 µs for each descriptor. No function of the C library makes a
/// child without that, and nothing compiled from C# may run in one: the runtime would take it for the thread that waits here. So the child runs ninety
/// bytes of machine code that make one call after the other from a list, and write to no stack. x86-64 only.
/// </remarks>
internal sealed unsafe class ChildScript : IDisposable
{
    /// <summary>Signals are numbered from 1; those of real time end here (_NSIG).</summary>
    private const int LastSignal = 64;

    /// <summary>The kernel's struct sigaction, in which SIG_DFL without flags and with an empty mask is all zeros.</summary>
    private const int SignalActionBytes = 32;

    /// <summary>The number of the call, its four arguments, and whether a failure matters.</summary>
    private const int WordsOfCall = 6;

    private const long CLONE_VM = 0x100;
    private const long CLONE_FILES = 0x400;
    private const long CLONE_VFORK = 0x4000;
    private const long SIGCHLD = 17;
    private const long AT_FDCWD = -100;
    private const uint CLOSE_RANGE_UNSHARE = 2;
    private const long RLIMIT_NOFILE = 7;
    private const long SIG_SETMASK = 2;
    private const nuint SignalSetBytes = 8;

    private static readonly Lazy<nint> _code = new(LoadCode);

    private readonly long* _words;
    private readonly int _capacity;
    private int _count;

    /// <summary>A child with a session of its own and all signals at their defaults. They stay blocked until <see cref="Run"/>'s program.</summary>
    /// <param name="calls">How many calls are added at most.</param>
    /// <param name="highestKept">Descriptors above this one are not copied.</param>
    /// <param name="closeRangeFlags">How it takes a table of its own; another value than the default only to see a kernel refuse it.</param>
    public ChildScript(int calls, int highestKept, uint closeRangeFlags = CLOSE_RANGE_UNSHARE)
    {
        _capacity = calls + LastSignal + 5; // the two signals without a handler are left out, the calls around are five
        _words = (long*)NativeMemory.AllocZeroed((nuint)(1 + (_capacity * WordsOfCall)), sizeof(long));
        _words[0] = CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD;
        Add(Call.CloseRange, highestKept + 1, uint.MaxValue, closeRangeFlags);
        Add(Call.SetSid);
        var zeros = (long)Zeros.Start;
        for (var signal = 1; signal <= LastSignal; signal++)
        {
            if (signal is not (9 or 19)) // SIGKILL, SIGSTOP
            {
                Add(Call.SignalAction, signal, zeros, 0, (long)SignalSetBytes);
            }
        }
    }

    private enum Call
    {
        Close = 3,
        SignalAction = 13,
        SignalMask = 14,
        Dup2 = 33,
        Execve = 59,
        Chdir = 80,
        SetSid = 112,
        OpenAt = 257,
        PrLimit = 302,
        CloseRange = 436,
    }

    /// <summary>Whether children can be made this way here. Where executable memory is refused, or the processor is another one, they cannot.</summary>
    public static bool IsUsable => _code.Value != 0;

    /// <summary>chdir(2).</summary>
    public void ChangeDirectory(byte* path) => Add(Call.Chdir, (long)path);

    /// <summary>dup2(2) of two different numbers.</summary>
    public void Duplicate(int source, int target) => Add(Call.Dup2, source, target);

    /// <summary>Opens a file as standard input, which it closes first: the lowest free number is 0 then.</summary>
    public void OpenStandardInput(byte* path, int flags)
    {
        Add(Call.Close, mayFail: true); // there may be none
        Add(Call.OpenAt, AT_FDCWD, (long)path, flags);
    }

    /// <summary>close_range(2) to the end.</summary>
    public void CloseFrom(int lowest) => Add(Call.CloseRange, lowest, uint.MaxValue);

    /// <summary>prlimit(2): the limits on open files, a soft and a hard one.</summary>
    public void LimitOpenFiles(ulong* limits) => Add(Call.PrLimit, 0, RLIMIT_NOFILE, (long)limits);

    /// <summary>Makes the child; returns when it runs the program or could not. Blocks all signals of this thread meanwhile.</summary>
    /// <param name="program">Its path with a closing NUL.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">envp.</param>
    /// <param name="pid">The child; 0 when there is none.</param>
    /// <returns>
    /// 0, or the errno of whichever call failed; then no child is left. Null when this kernel (before 5.9), or whoever filters its calls, gives no child a table
    /// of its own.
    /// </returns>
    public int? Run(byte* program, byte** arguments, byte** environment, out int pid)
    {
        Add(Call.SignalMask, SIG_SETMASK, (long)Zeros.Start, 0, (long)SignalSetBytes);
        Add(Call.Execve, (long)program, (long)arguments, (long)environment);

        var all = ulong.MaxValue;
        ulong before;
        _ = Libc.SignalMask((int)SIG_SETMASK, &all, &before, SignalSetBytes);
        var result = ((delegate* unmanaged<long*, long>)_code.Value)(_words);
        _ = Libc.SignalMask((int)SIG_SETMASK, &before, null, SignalSetBytes);

        pid = (int)Math.Max(result, 0);
        if (result < 0)
        {
            return (int)-result;
        }

        if (FailedCall() is not { } failed)
        {
            return 0;
        }

        Libc.WaitPid(pid);
        pid = 0;
        return failed.Index == 0 ? null : failed.Errno;
    }

    public void Dispose() => NativeMemory.Free(_words);

    private static nint LoadCode()
    {
        // System V calling convention: the list in rdi. The child's copy of every register is its own, so none is saved.
        ReadOnlySpan<byte> code =
        [
            0xF3, 0x0F, 0x1E, 0xFA,                     //          endbr64
            0x49, 0x89, 0xF9,                           //          mov   r9, rdi          system calls leave r9 alone
            0x49, 0x8B, 0x39,                           //          mov   rdi, [r9]        clone(flags, 0, 0, 0, 0)
            0x31, 0xF6,                                 //          xor   esi, esi         on this stack, as vfork(2)
            0x31, 0xD2,                                 //          xor   edx, edx
            0x45, 0x31, 0xD2,                           //          xor   r10d, r10d
            0x45, 0x31, 0xC0,                           //          xor   r8d, r8d
            0xB8, 0x38, 0x00, 0x00, 0x00,               //          mov   eax, 56
            0x0F, 0x05,                                 //          syscall
            0x48, 0x85, 0xC0,                           //          test  rax, rax
            0x75, 0x3A,                                 //          jne   parent
            0x49, 0x8B, 0x41, 0x08,                     // next:    mov   rax, [r9+8]
            0x49, 0x8B, 0x79, 0x10,                     //          mov   rdi, [r9+16]
            0x49, 0x8B, 0x71, 0x18,                     //          mov   rsi, [r9+24]
            0x49, 0x8B, 0x51, 0x20,                     //          mov   rdx, [r9+32]
            0x4D, 0x8B, 0x51, 0x28,                     //          mov   r10, [r9+40]
            0x0F, 0x05,                                 //          syscall
            0x49, 0x89, 0x41, 0x08,                     //          mov   [r9+8], rax      the result, in the place of the number
            0x49, 0x83, 0xC1, 0x30,                     //          add   r9, 48
            0x48, 0x3D, 0x00, 0xF0, 0xFF, 0xFF,         //          cmp   rax, -4096
            0x76, 0xDA,                                 //          jbe   next
            0x49, 0x83, 0x39, 0x00,                     //          cmp   qword [r9], 0    may fail?
            0x75, 0xD4,                                 //          jne   next
            0xBF, 0x7F, 0x00, 0x00, 0x00,               //          mov   edi, 127
            0xB8, 0xE7, 0x00, 0x00, 0x00,               //          mov   eax, 231         exit_group(127)
            0x0F, 0x05,                                 //          syscall
            0x0F, 0x0B,                                 //          ud2
            0xC3,                                       // parent:  ret                    a pid, or -errno
        ];
        return RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Libc.MapCode(code) : 0;
    }

    private void Add(Call call, long first = 0, long second = 0, long third = 0, long fourth = 0, bool mayFail = false)
    {
        if (_count == _capacity)
        {
            throw new InvalidOperationException($"the child was to make {_capacity} calls at most");
        }

        var words = new Span<long>(_words + 1 + (_count++ * WordsOfCall), WordsOfCall);
        words[0] = (long)call;
        words[1] = first;
        words[2] = second;
        words[3] = third;
        words[4] = fourth;
        words[5] = mayFail ? 1 : 0;
    }

    /// <summary>The call after which the child gave up.</summary>
    private (int Index, int Errno)? FailedCall()
    {
        for (var index = 0; index < _count; index++)
        {
            var words = new ReadOnlySpan<long>(_words + 1 + (index * WordsOfCall), WordsOfCall);
            if (words[0] is < 0 and >= -4095 && words[^1] == 0)
            {
                return (index, (int)-words[0]);
            }
        }

        return null;
    }

    /// <summary>Memory that stays zero.</summary>
    private static class Zeros
    {
        public static readonly void* Start = NativeMemory.AllocZeroed(SignalActionBytes);
    }
}
