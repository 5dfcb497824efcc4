using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Finds the files that a program's name may mean, as execvp(3) would in the child: through the child's PATH, from the child's cwd.</summary>
/// <remarks>
/// posix_spawnp(3) cannot be used: it searches the server's PATH. The candidates are tried in order; one that turns out not to be runnable
/// (<see cref="IsWorthAnotherTry"/>) gives way to the next.
/// </remarks>
internal sealed class ProgramSearch
{
    /// <summary>Where a program is looked for when the child has no PATH; execvp's default.</summary>
    public const string DefaultPath = "/bin:/usr/bin";

    private readonly ProcessSpec _spec;
    private readonly string _program;
    private readonly string _path;
    private readonly List<string> _rejected = [];
    private int _errno = Errno.ENOENT;
    private byte[]? _tried;

    public ProgramSearch(ProcessSpec spec)
    {
        _spec = spec;
        _program = spec.Argv[0];
        _path = spec.Environment.TryGetValue("PATH", out var path) ? path : DefaultPath;
    }

    /// <summary>The paths to try, each with its closing NUL and relative ones relative to the child's cwd.</summary>
    /// <exception cref="ProcessStartException">The search met an error that execvp would not pass over.</exception>
    public IEnumerable<byte[]> Candidates()
    {
        if (_program.Contains('/', StringComparison.Ordinal))
        {
            yield return _tried = CString.Of(_program);
            yield break;
        }

        foreach (var folder in _path.Split(':'))
        {
            // An empty element means the cwd, and the program then sees its bare name.
            var candidate = CString.Of(folder.Length == 0 ? _program : $"{folder}/{_program}");
            if (IsRunnable(candidate))
            {
                yield return _tried = candidate;
            }
        }
    }

    /// <summary>After a candidate failed with this errno: whether execvp would go on searching.</summary>
    public bool IsWorthAnotherTry(int errno)
    {
        _errno = _errno == Errno.EACCES && IsAbsence(errno) ? Errno.EACCES : errno;
        return errno == Errno.EACCES || IsAbsence(errno);
    }

    /// <summary>What to tell the caller once no candidate is left.</summary>
    public ProcessStartException Failure() =>
        _spec.Io != ProcessIo.Terminal ? FailureOf(_errno)
            : _tried is null ? StartFailure.NotInPath(_program, _path, _rejected, _errno)
            : IsMissingInCwd(_tried) ? StartFailure.NotInCwd(NativeText.FromBytes(SeenFromHere(_tried).AsSpan()[..^1]))
            : FailureOf(_errno);

    /// <summary>As <see cref="Failure"/>, for an errno that ends the search. Names what is missing: a program that is there lacks its interpreter.</summary>
    public ProcessStartException FailureOf(int errno) => StartFailure.FromErrno(
        errno,
        _tried is null ? _program
            : errno == Errno.ENOENT && Interpreter.Of(SeenFromHere(_tried)) is { } interpreter ? interpreter
            : NativeText.FromBytes(_tried.AsSpan()[..^1]));

    // A file that is there lacks its interpreter.
    private bool IsMissingInCwd(byte[] candidate) =>
        _errno == Errno.ENOENT
        && (_program.StartsWith("./", StringComparison.Ordinal) || _program.StartsWith("../", StringComparison.Ordinal))
        && Libc.FileType(SeenFromHere(candidate), out _, out _) < 0;

    private byte[] SeenFromHere(byte[] candidate) => candidate[0] == (byte)'/' ? candidate : [.. _spec.Cwd.Span, (byte)'/', .. candidate];

    private bool IsRunnable(byte[] candidate)
    {
        var seenFromHere = SeenFromHere(candidate);
        if (Libc.FileType(seenFromHere, out var isDirectory, out var isRegular) < 0)
        {
            return PassOver(Libc.LastErrno);
        }

        if (isRegular && Libc.AccessExecute(seenFromHere) == 0)
        {
            return true;
        }

        _rejected.Add($"{NativeText.Show(NativeText.FromBytes(seenFromHere.AsSpan()[..^1]))} exists but is {(isDirectory ? "a directory" : "not executable")}.");
        return PassOver(Errno.EACCES);
    }

    private bool PassOver(int errno) => IsWorthAnotherTry(errno) ? false : throw FailureOf(errno);

    private static bool IsAbsence(int errno) =>
        errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ESTALE or Errno.ENODEV or Errno.ETIMEDOUT;
}
