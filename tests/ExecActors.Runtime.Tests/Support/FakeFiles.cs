using System.Collections.Concurrent;
using System.Text;

using ExecActors.Platform;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>Files without a file system: every request waits until the test lets it go, then answers <c>{}</c>.</summary>
internal sealed class FakeFiles : IFileService
{
    private readonly ConcurrentDictionary<string, ManualResetEventSlim> _gates = new(StringComparer.Ordinal);

    /// <summary>Holds back requests for a path until the test lets them go.</summary>
    public void Hold(string path) => _gates[path] = new ManualResetEventSlim();

    /// <summary>Lets them go.</summary>
    public void LetGo(string path) => _gates[path].Set();

    /// <inheritdoc/>
    public FileReply Perform(FileRequest request, FileHandle? file)
    {
        request.Payload?.Dispose();
        if (FileClaims.Of(request.Params).Path is { } path && _gates.TryGetValue(Encoding.UTF8.GetString(path), out var gate))
        {
            gate.Wait(); // a worker's thread may block
        }

        return new FileReply(AnswerFrames.Empty(request.Ref.Id));
    }
}
