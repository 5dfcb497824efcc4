using ExecActors.Platform;

namespace ExecActors.Server.Running;

/// <summary>The standard streams of a program that passes them on.</summary>
internal static class CallerStreams
{
    /// <summary>Standard input; null when it is closed or <c>/dev/null</c>, so that nothing can come from it.</summary>
    public static Stream? OpenInput()
    {
        var input = DescriptorStream.OpenInput();
        var isEmpty = ReferenceEquals(input, Stream.Null) || IsNull("/proc/self/fd/0");
        return isEmpty ? null : input;
    }

    private static bool IsNull(string path) => File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName is "/dev/null";
}
