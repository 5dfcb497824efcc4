#pragma warning disable CA2000, CA2213 // the descriptors are in one list, and Dispose closes what is in it
using System.Globalization;
using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// A sandbox that is ready to be started: bubblewrap's command line, the descriptors it reads, and the placeholders that stand until it has ended.
/// The holder disposes it after the sandbox has ended, or at once when it was not started.
/// </summary>
internal sealed class SandboxLaunch : IDisposable
{
    /// <summary>The descriptors of bubblewrap beyond the standard ones: its options, the filter, where it tells what has become, and where it says that it is ready.</summary>
    public const int OptionsDescriptor = 3;

    /// <inheritdoc cref="OptionsDescriptor"/>
    public const int FilterDescriptor = 4;

    /// <inheritdoc cref="OptionsDescriptor"/>
    public const int StatusDescriptor = 5;

    /// <inheritdoc cref="OptionsDescriptor"/>
    public const int ReadyDescriptor = 6;

    /// <summary>The first of those for the files of the plan.</summary>
    public const int FirstFileDescriptor = 7;

    /// <summary>Mounts are made in milliseconds, unless a file system does not answer.</summary>
    private const int ReadyPatienceMilliseconds = 30_000;

    /// <summary>A killed namespace is gone within milliseconds, unless one of its processes waits for a device that does not answer.</summary>
    private const int EndPatienceMilliseconds = 5_000;

    private readonly List<(SafeFileHandle Handle, int Target)> _descriptors = [];
    private readonly Placeholders _placeholders;
    private readonly SafeFileHandle _status;
    private readonly SafeFileHandle _ready;

    /// <summary>Above all targets, so that no copy overwrites another one's source.</summary>
    private readonly int _lowestSource;

    /// <summary>Takes the placeholders over, and copies of the files, which are handed on from <see cref="FirstFileDescriptor"/>.</summary>
    /// <exception cref="SandboxException">No descriptor is left; the placeholders are let go.</exception>
    public SandboxLaunch(string program, IEnumerable<string> command, byte[] options, byte[] filter, IReadOnlyList<SafeFileHandle> files, Placeholders placeholders)
    {
        _lowestSource = FirstFileDescriptor + files.Count;
        Program = CString.Of(program);
        Arguments = [program, "--args", OptionsDescriptor.ToString(CultureInfo.InvariantCulture), "--", .. command];
        _placeholders = placeholders;
        try
        {
            AddFile(options, OptionsDescriptor);
            AddFile(filter, FilterDescriptor);
            _status = AddFile([], StatusDescriptor);
            _ready = AddReadyPipe();
            for (var i = 0; i < files.Count; i++)
            {
                Add(files[i], FirstFileDescriptor + i);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>bubblewrap's path with its closing NUL.</summary>
    public byte[] Program { get; }

    /// <summary>Its arguments, its own name first.</summary>
    public string[] Arguments { get; }

    /// <summary>Whether placeholders stand until the sandbox has ended.</summary>
    public bool HoldsPlaceholders => !_placeholders.IsEmpty;

    /// <summary>Once it has ended by itself: whether the program was run, so that the exit code is the program's.</summary>
    public bool RanProgram => Status().Contains("\"exit-code\"", StringComparison.Ordinal);

    /// <summary>Gives the child its further descriptors, and no others. After those for the standard ones.</summary>
    public void AddTo(SpawnSettings settings)
    {
        foreach (var (handle, target) in _descriptors)
        {
            settings.Duplicate(handle, target);
        }

        settings.CloseFrom(_lowestSource);
    }

    /// <summary>Once started: closes what only the child reads.</summary>
    public void CloseChildEnds()
    {
        foreach (var (handle, target) in _descriptors)
        {
            if (target != StatusDescriptor)
            {
                handle.Dispose();
            }
        }
    }

    /// <summary>Once started and its ends closed here: waits until all mounts are made. Blocks, at most 30 seconds.</summary>
    /// <returns>False when bubblewrap has ended before, or has not come to it in that time.</returns>
    public bool AwaitReady()
    {
        // The byte that bubblewrap takes is there from the start. It makes room for another one, or nobody is left to take it.
        _ = Libc.PollFor(_ready, Libc.POLLOUT, ReadyPatienceMilliseconds);
        var isReady = Libc.BytesReadable(_ready) == 0;
        _ready.Dispose();
        return isReady;
    }

    /// <summary>
    /// After bubblewrap has ended and its group was killed: waits until no process of the namespace is left. Blocks, at most 5 seconds.
    /// </summary>
    /// <param name="group">The process group of bubblewrap, which its zombie keeps from being given to others.</param>
    public void AwaitEnd(int group)
    {
        // The kernel reports the first process of a pid namespace as ended only after all the others are gone.
        if (FirstProcess() is not { } pid)
        {
            return;
        }

        using var pidfd = Libc.PidfdOpen(pid);
        if (!pidfd.IsInvalid && ProcessGroup.Of(pid) == group)
        {
            _ = Libc.PollFor(pidfd, Libc.POLLIN, EndPatienceMilliseconds);
        }
    }

    public void Dispose()
    {
        foreach (var (handle, _) in _descriptors)
        {
            handle.Dispose();
        }

        _ready?.Dispose();
        _placeholders.Dispose();
    }

    private int? FirstProcess()
    {
        const string Member = "\"child-pid\":";
        var status = Status();
        var start = status.IndexOf(Member, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var digits = status.AsSpan(start + Member.Length).TrimStart();
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
    }

    // One JSON object a line: { "child-pid": 123, ... } at once, { "exit-code": 0 } at the end of a program that could be run.
    private string Status()
    {
        var buffer = new byte[1024];
        return Libc.ReadAt(_status, buffer, 0) is > 0 and var count ? Encoding.ASCII.GetString(buffer, 0, count) : "";
    }

    private SafeFileHandle AddFile(ReadOnlySpan<byte> content, int target)
    {
        // A new one for each start: the position belongs to the open file, and bubblewrap reads to the end.
        using var file = Libc.MemoryFile("execactors-sandbox\0"u8);
        Require(!file.IsInvalid);
        var handle = Add(file, target);
        while (content.Length > 0)
        {
            var written = Libc.Write(handle, content);
            Require(written > 0);
            content = content[written..];
        }

        Require(Libc.Rewind(handle) == 0);
        return handle;
    }

    private SafeFileHandle AddReadyPipe()
    {
        var made = Libc.PacketPipe(out var read, out var write);
        using (read)
        {
            try
            {
                Require(made == 0);
                Add(read, ReadyDescriptor);
                Require(Libc.Write(write, "!"u8) == 1);
                return write;
            }
            catch
            {
                write.Dispose();
                throw;
            }
        }
    }

    private SafeFileHandle Add(SafeFileHandle file, int target)
    {
        var handle = Libc.Duplicate(file, _lowestSource);
        Require(!handle.IsInvalid);
        _descriptors.Add((handle, target));
        return OpenFiles.IsForProcesses(handle) ? handle : throw new SandboxException(StartFailure.FromErrno(Errno.EMFILE).Message);
    }

    private static void Require(bool success)
    {
        if (!success)
        {
            throw new SandboxException(StartFailure.FromErrno(Libc.LastErrno).Message);
        }
    }
}
