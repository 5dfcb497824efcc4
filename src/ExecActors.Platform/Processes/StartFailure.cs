using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The texts of refused starts. Those of docs/PROTOCOL.md are fixed; the others add what to do.</summary>
internal static class StartFailure
{
    /// <param name="errno">What the kernel said.</param>
    /// <param name="path">Of what, as <see cref="NativeText"/>; null for a resource.</param>
    public static ProcessStartException FromErrno(int errno, string? path = null)
    {
        var remedy = errno switch
        {
            Errno.EMFILE => "; the server has no descriptor left: end some processes or raise its limit on open files (ulimit -n)",
            Errno.ENFILE => "; the system has no descriptor left: end some processes or raise fs.file-max",
            Errno.EAGAIN => "; the limit on processes is reached (ulimit -u, pids.max) or memory is short: end some processes",
            Errno.ENOSPC => "; no terminal or epoll watch is left: end some processes, or raise kernel.pty.max or fs.epoll.max_user_watches",
            _ => "",
        };
        return new ProcessStartException(OsError.Describe(errno) + remedy, errno) { Path = path };
    }

    public static ProcessStartException MissingProgram(ProcessIo io) =>
        new($"missing program for {(io == ProcessIo.Terminal ? "PTY" : "pipe")} spawn", 0);

    public static ProcessStartException NulByte() => new("nul byte found in provided data", 0);

    public static ProcessStartException NulByteInEnvironment(ProcessIo io) =>
        io == ProcessIo.Terminal ? NulByte() : new("data provided contains a nul byte", 0);

    public static ProcessStartException NoText(string what) =>
        new($"{what} has half a surrogate pair in it, which stands for no bytes", 0);

    /// <summary>
    /// A terminal's program was named without a slash and is nowhere in PATH; <paramref name="rejected"/> has a sentence for each file
    /// that has the name but cannot be run.
    /// </summary>
    public static ProcessStartException NotInPath(string program, string path, IEnumerable<string> rejected, int errno)
    {
        var text = new StringBuilder("Unable to spawn ").Append(program).Append(" because:\n");
        foreach (var reason in rejected)
        {
            text.Append(reason).Append('\n');
        }

        var quoted = path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        text.Append("No viable candidates found in PATH \"").Append(quoted).Append('"');
        return new ProcessStartException(NativeText.Show(text.ToString()), errno) { Path = program, IsOfLookup = true };
    }

    /// <summary>A terminal's program was named from the working directory on (<c>./</c>, <c>../</c>) and is not there.</summary>
    public static ProcessStartException NotInCwd(string path) =>
        new($"Unable to spawn {NativeText.Show(path)} because it does not exist", Errno.ENOENT) { Path = path, IsOfLookup = true };
}
