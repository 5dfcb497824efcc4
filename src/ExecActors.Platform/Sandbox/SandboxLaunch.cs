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
    /// <summary>The descriptors of bubblewrap beyond the standard ones: its options, the filter, and where it says which process is the first.</summary>
    public const int OptionsDescriptor = 3;

    /// <inheritdoc cref="OptionsDescriptor"/>
    public const int FilterDescriptor = 4;

    /// <inheritdoc cref="OptionsDescriptor"/>
    public const int InfoDescriptor = 5;

    /// <summary>Above all targets, so that no copy overwrites another one's source.</summary>
    private const int LowestSource = 16;

    /// <summary>A killed namespace is gone within milliseconds, unless one of its processes waits for a device that does not answer.</summary>
    private const int EndPatienceMilliseconds = 5_000;

    private readonly List<(SafeFileHandle Handle, int Target)> _descriptors = [];
    private readonly Placeholders _placeholders;
    private readonly SafeFileHandle _info;

    /// <summary>Takes the placeholders over.</summary>
    /// <exception cref="SandboxException">No descriptor is left; the placeholders are let go.</exception>
    public SandboxLaunch(string program, IEnumerable<string> command, byte[] options, byte[] filter, Placeholders placeholders)
    {
        Program = CString.Of(program);
        Arguments = [program, "--args", OptionsDescriptor.ToString(CultureInfo.InvariantCulture), "--", .. command];
        _placeholders = placeholders;
        try
        {
            Add(options, OptionsDescriptor);
            Add(filter, FilterDescriptor);
            _info = Add([], InfoDescriptor);
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

    /// <summary>Gives the child its further descriptors, and no others. After those for the standard ones.</summary>
    public void AddTo(SpawnSettings settings)
    {
        foreach (var (handle, target) in _descriptors)
        {
            settings.Duplicate(handle, target);
        }

        settings.CloseFrom(InfoDescriptor + 1);
    }

    /// <summary>Once started: closes what only the child reads.</summary>
    public void CloseChildEnds()
    {
        foreach (var (handle, target) in _descriptors)
        {
            if (target != InfoDescriptor)
            {
                handle.Dispose();
            }
        }
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

        _placeholders.Dispose();
    }

    // What bubblewrap wrote: { "child-pid": 123, ... }
    private int? FirstProcess()
    {
        const string Member = "\"child-pid\":";
        var buffer = new byte[1024];
        if (Libc.Rewind(_info) < 0 || Libc.Read(_info, buffer) is not (> 0 and var count))
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(buffer, 0, count);
        var start = text.IndexOf(Member, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var digits = text.AsSpan(start + Member.Length).TrimStart();
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
    }

    private SafeFileHandle Add(ReadOnlySpan<byte> content, int target)
    {
        // A new one for each start: the position belongs to the open file, and bubblewrap reads to the end.
        using var file = Libc.MemoryFile("execactors-sandbox\0"u8);
        Require(!file.IsInvalid);
        var handle = Libc.Duplicate(file, LowestSource);
        Require(!handle.IsInvalid);
        _descriptors.Add((handle, target));
        while (content.Length > 0)
        {
            var written = Libc.Write(handle, content);
            Require(written > 0);
            content = content[written..];
        }

        Require(Libc.Rewind(handle) == 0);
        return handle;
    }

    private static void Require(bool success)
    {
        if (!success)
        {
            throw new SandboxException(StartFailure.FromErrno(Libc.LastErrno).Message);
        }
    }
}
