using System.Buffers.Text;
using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The sockets and pipes by which running .NET programs can be asked for dumps and made to load code.</summary>
/// <remarks>
/// The runtime puts them into its temporary directory, which is not the same for every program. Names go by prefix-PID-*; those of programs that were
/// killed stay behind, and nobody listens to them.
/// </remarks>
internal static class DiagnosticPorts
{
    /// <summary>Those of processes that there are now.</summary>
    public static List<UnixPath> Find()
    {
        var found = new List<UnixPath>();
        foreach (var folder in new[] { "/tmp", Path.TrimEndingDirectorySeparator(Path.GetTempPath()) }.Distinct(StringComparer.Ordinal))
        {
            AddTo(found, UnixPath.FromText(folder));
        }

        return found;
    }

    // A temporary directory may hold thousands of names: they are looked at as bytes, and become paths only where they fit.
    private static void AddTo(List<UnixPath> found, UnixPath folder)
    {
        _ = DirectoryReader.Open(folder.ToBytes(), followLink: true, guard: null, out var opened);
        using var reader = opened;
        while (reader is not null && reader.MoveNext())
        {
            var number = AfterPrefix(reader.Name);
            if (!number.IsEmpty && Utf8Parser.TryParse(number, out int pid, out _) && IsThere(pid))
            {
                found.Add(folder.Child(Encoding.Latin1.GetString(reader.Name)));
            }
        }
    }

    private static bool IsThere(int pid) => pid > 0 && (Libc.Kill(pid, 0) == 0 || Libc.LastErrno != Errno.ESRCH);

    private static ReadOnlySpan<byte> AfterPrefix(ReadOnlySpan<byte> name) =>
        name.StartsWith("dotnet-diagnostic-"u8) ? name["dotnet-diagnostic-"u8.Length..]
        : name.StartsWith("clr-debug-pipe-"u8) ? name["clr-debug-pipe-"u8.Length..]
        : default;
}
