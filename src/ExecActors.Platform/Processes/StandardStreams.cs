using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Both ends of a new child's standard streams. Disposing closes whatever is still open; after a start the child's object owns our ends.</summary>
internal sealed class StandardStreams : IDisposable
{
    private readonly List<SafeFileHandle> _all = [];
    private readonly List<(SafeFileHandle Handle, int Target)> _childEnds = [];
    private byte[]? _terminalPath;

    private StandardStreams()
    {
    }

    /// <summary>Our end of stdin, non-blocking; null when the child reads /dev/null.</summary>
    public SafeFileHandle? Stdin { get; private set; }

    /// <summary>Our ends of the outputs, non-blocking.</summary>
    public List<(OutputStreamKind Kind, SafeFileHandle Handle)> Outputs { get; } = new(2);

    /// <summary>Makes the pipes or the terminal.</summary>
    /// <exception cref="ProcessStartException">No descriptor or terminal is left; nothing stays open.</exception>
    public static StandardStreams Open(ProcessSpec spec)
    {
        var streams = new StandardStreams();
        try
        {
            if (spec.Io == ProcessIo.Terminal)
            {
                streams.OpenTerminal(spec.Rows, spec.Columns);
            }
            else
            {
                streams.OpenPipes(withStdin: spec.Io == ProcessIo.PipesWithStdin);
            }

            return streams._all.TrueForAll(OpenFiles.IsForProcesses)
                ? streams
                : throw StartFailure.FromErrno(Errno.EMFILE);
        }
        catch
        {
            streams.Dispose();
            throw;
        }
    }

    /// <summary>Says how the child gets its descriptors 0 to 2. Those above are still to be closed.</summary>
    public void AddTo(SpawnSettings settings)
    {
        if (_terminalPath is not null)
        {
            // Opened by a session leader without O_NOCTTY: it becomes the child's controlling terminal.
            settings.Open(0, _terminalPath, Libc.O_RDWR);
            settings.Duplicate(0, 1);
            settings.Duplicate(0, 2);
        }
        else
        {
            if (Stdin is null)
            {
                settings.Open(0, "/dev/null\0"u8, Libc.O_RDONLY);
            }

            foreach (var (handle, target) in _childEnds)
            {
                settings.Duplicate(handle, target);
            }
        }
    }

    /// <summary>What a child that has ended left in its error stream or terminal, on one line, without waiting; for one that nobody watches.</summary>
    public string ReadErrors()
    {
        var buffer = new byte[4096];
        var count = Libc.Read(Outputs[^1].Handle, buffer);
        return Encoding.UTF8.GetString(buffer, 0, Math.Max(count, 0)).ReplaceLineEndings(" ").Trim();
    }

    /// <summary>Closes the child's ends: as long as we hold them, its streams do not end.</summary>
    public void CloseChildEnds()
    {
        foreach (var (handle, _) in _childEnds)
        {
            handle.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var handle in _all)
        {
            handle.Dispose();
        }
    }

    private void OpenPipes(bool withStdin)
    {
        if (withStdin)
        {
            var (read, write) = OpenPipe();
            Stdin = write;
            _childEnds.Add((AboveStandard(read), 0));
        }

        foreach (var (kind, target) in new[] { (OutputStreamKind.Stdout, 1), (OutputStreamKind.Stderr, 2) })
        {
            var (read, write) = OpenPipe();
            Outputs.Add((kind, read));
            _childEnds.Add((AboveStandard(write), target));
        }

        foreach (var (_, handle) in Outputs)
        {
            Require(Libc.SetNonBlocking(handle) == 0);
        }

        Require(Stdin is null || Libc.SetNonBlocking(Stdin) == 0);
    }

    private (SafeFileHandle Read, SafeFileHandle Write) OpenPipe()
    {
        var opened = Libc.Pipe2(out var read, out var write) == 0;
        var errno = opened ? 0 : Libc.LastErrno;
        _all.Add(read);
        _all.Add(write);
        return opened ? (read, write) : throw StartFailure.FromErrno(errno);
    }

    /// <summary>
    /// A server started with a closed standard descriptor gets pipes numbered 0 to 2, which the child's dup2 would overwrite before their turn.
    /// </summary>
    private SafeFileHandle AboveStandard(SafeFileHandle handle)
    {
        if (handle.DangerousGetHandle() > 2)
        {
            return handle;
        }

        var above = Keep(Libc.Duplicate(handle, 3));
        handle.Dispose(); // the child's end must not stay open here
        return above;
    }

    private void OpenTerminal(ushort rows, ushort columns)
    {
        var master = Keep(Libc.PosixOpenPt());
        Require(Libc.GrantPt(master) == 0);
        Require(Libc.UnlockPt(master) == 0);
        Require(Libc.SetWindowSize(master, rows, columns) == 0);
        if (Libc.PtsName(master, out _terminalPath) is var errno and not 0)
        {
            throw StartFailure.FromErrno(errno);
        }

        // Two descriptors, because they have two closers: the reactor this one, the child's holder the other.
        Outputs.Add((OutputStreamKind.Terminal, master));
        Stdin = Keep(Libc.Duplicate(master, 3));
    }

    private SafeFileHandle Keep(SafeFileHandle handle)
    {
        Require(!handle.IsInvalid);
        _all.Add(handle);
        return handle;
    }

    private static void Require(bool success)
    {
        if (!success)
        {
            throw StartFailure.FromErrno(Libc.LastErrno);
        }
    }
}
