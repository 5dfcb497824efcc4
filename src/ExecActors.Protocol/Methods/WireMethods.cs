using System.Collections.Immutable;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>The one table of methods: name, kind and family. A new method is one line here and one value of <see cref="WireMethod"/>.</summary>
public static class WireMethods
{
    /// <summary>Every known method, in the order of <see cref="WireMethod"/>.</summary>
    public static ImmutableArray<WireMethodInfo> All { get; } =
    [
        new(WireMethod.Initialize, "initialize", MessageKind.Request, ""),
        new(WireMethod.Initialized, "initialized", MessageKind.Notification, ""),
        new(WireMethod.EnvironmentInfo, "environment/info", MessageKind.Request, "environment info"),
        new(WireMethod.EnvironmentStatus, "environment/status", MessageKind.Request, "environment status"),
        new(WireMethod.ProcessStart, "process/start", MessageKind.Request, "exec"),
        new(WireMethod.ProcessRead, "process/read", MessageKind.Request, "exec"),
        new(WireMethod.ProcessWrite, "process/write", MessageKind.Request, "exec"),
        new(WireMethod.ProcessSignal, "process/signal", MessageKind.Request, "exec"),
        new(WireMethod.ProcessTerminate, "process/terminate", MessageKind.Request, "exec"),
        new(WireMethod.ProcessOutput, "process/output", MessageKind.Notification, "", FromServer: true),
        new(WireMethod.ProcessExited, "process/exited", MessageKind.Notification, "", FromServer: true),
        new(WireMethod.ProcessClosed, "process/closed", MessageKind.Notification, "", FromServer: true),
        new(WireMethod.FsReadFile, "fs/readFile", MessageKind.Request, "filesystem"),
        new(WireMethod.FsWriteFile, "fs/writeFile", MessageKind.Request, "filesystem"),
        new(WireMethod.FsCreateDirectory, "fs/createDirectory", MessageKind.Request, "filesystem"),
        new(WireMethod.FsGetMetadata, "fs/getMetadata", MessageKind.Request, "filesystem"),
        new(WireMethod.FsCanonicalize, "fs/canonicalize", MessageKind.Request, "filesystem"),
        new(WireMethod.FsReadDirectory, "fs/readDirectory", MessageKind.Request, "filesystem"),
        new(WireMethod.FsWalk, "fs/walk", MessageKind.Request, "filesystem"),
        new(WireMethod.FsRemove, "fs/remove", MessageKind.Request, "filesystem"),
        new(WireMethod.FsCopy, "fs/copy", MessageKind.Request, "filesystem"),
        new(WireMethod.FsOpen, "fs/open", MessageKind.Request, "filesystem"),
        new(WireMethod.FsReadBlock, "fs/readBlock", MessageKind.Request, "filesystem"),
        new(WireMethod.FsWriteBlock, "fs/writeBlock", MessageKind.Request, "filesystem"),
        new(WireMethod.FsClose, "fs/close", MessageKind.Request, "filesystem"),
        new(WireMethod.FsWatchMissing, "fs/watchMissing", MessageKind.Request, "filesystem"),
        new(WireMethod.FsRename, "fs/rename", MessageKind.Request, "filesystem"),
        new(WireMethod.FsChmod, "fs/chmod", MessageKind.Request, "filesystem"),
        new(WireMethod.FsWatch, "fs/watch", MessageKind.Request, "filesystem"),
        new(WireMethod.FsUnwatch, "fs/unwatch", MessageKind.Request, "filesystem"),
        new(WireMethod.HttpRequest, "http/request", MessageKind.Request, "http"),
        new(WireMethod.HttpCancel, "http/cancel", MessageKind.Request, "http"),
        new(WireMethod.FsMissingChanged, "fs/missingChanged", MessageKind.Notification, "", FromServer: true),
        new(WireMethod.FsChanged, "fs/changed", MessageKind.Notification, "", FromServer: true),
        new(WireMethod.HttpBodyDelta, "http/request/bodyDelta", MessageKind.Notification, "", FromServer: true),
    ];

    private static readonly WireMethodInfo?[] s_byMethod = IndexByMethod();
    private static readonly (byte[] Name, WireMethodInfo Info)[][] s_byLength = IndexByLength();

    /// <summary>The line of a method.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="WireMethod.Unknown"/> or a value outside the enumeration.</exception>
    public static WireMethodInfo Of(WireMethod method) =>
        (int)method < s_byMethod.Length && s_byMethod[(int)method] is { } info
            ? info
            : throw new ArgumentOutOfRangeException(nameof(method), method, "The method table has no line for this value.");

    /// <summary>The line of a name, without allocating.</summary>
    /// <param name="name">The name in UTF-8, unescaped.</param>
    /// <returns>Null when the table does not have it.</returns>
    public static WireMethodInfo? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= s_byLength.Length)
        {
            return null;
        }

        foreach (var candidate in s_byLength[name.Length])
        {
            if (name.SequenceEqual(candidate.Name))
            {
                return candidate.Info;
            }
        }

        return null;
    }

    private static WireMethodInfo?[] IndexByMethod()
    {
        var index = new WireMethodInfo?[All.Max(info => (int)info.Method) + 1];
        foreach (var info in All)
        {
            index[(int)info.Method] = info;
        }

        return index;
    }

    private static (byte[], WireMethodInfo)[][] IndexByLength()
    {
        var longest = All.Max(info => info.Name.Length);
        return
        [
            .. Enumerable.Range(0, longest + 1)
                .Select(length => All.Where(info => info.Name.Length == length).Select(info => (Encoding.UTF8.GetBytes(info.Name), info)).ToArray()),
        ];
    }
}
