using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What is found wrong with a start before anything is opened.</summary>
internal static class SpecCheck
{
    /// <exception cref="ProcessStartException">With the text for the caller.</exception>
    public static void Require(ProcessSpec spec)
    {
        if (spec.Argv.Count == 0 || spec.Argv[0].Length == 0)
        {
            throw StartFailure.MissingProgram(spec.Io);
        }

        if (spec.Argv.Any(HasNul) || (spec.Arg0 is not null && HasNul(spec.Arg0)) || spec.Cwd.Span.Contains((byte)0))
        {
            throw StartFailure.NulByte();
        }

        if (spec.Argv.Any(NativeText.IsBroken) || (spec.Arg0 is not null && NativeText.IsBroken(spec.Arg0)))
        {
            throw StartFailure.NoText("an argument");
        }

        if (spec.Environment.FirstOrDefault(variable => NativeText.IsBroken(variable.Key) || NativeText.IsBroken(variable.Value)).Key is { } name)
        {
            throw StartFailure.NoText($"the variable {NativeText.Show(name)}");
        }

        if (spec.Environment.Any(variable => HasNul(variable.Key) || HasNul(variable.Value)))
        {
            throw StartFailure.NulByteInEnvironment(spec.Io);
        }
    }

    /// <summary>The spawn's errno would not tell a missing directory from a missing program.</summary>
    /// <param name="cwd">With its closing NUL.</param>
    /// <exception cref="ProcessStartException">With the text for the caller.</exception>
    public static void RequireDirectory(ReadOnlySpan<byte> cwd)
    {
        if (Libc.FileType(cwd, out var isDirectory, out _) < 0)
        {
            throw StartFailure.FromErrno(Libc.LastErrno, Text(cwd));
        }

        if (!isDirectory)
        {
            throw StartFailure.FromErrno(Errno.ENOTDIR, Text(cwd));
        }

        if (Libc.AccessExecute(cwd) < 0)
        {
            throw StartFailure.FromErrno(Libc.LastErrno, Text(cwd));
        }
    }

    private static string Text(ReadOnlySpan<byte> cwd) => NativeText.FromBytes(cwd[..^1]);

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);
}
