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
    private int _performed;

    /// <summary>The length of the string that is every request's result; 0 for <c>{}</c>.</summary>
    public int ResultBytes { get; set; }

    /// <summary>Requests performed so far.</summary>
    public int Performed => Volatile.Read(ref _performed);

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

        Interlocked.Increment(ref _performed);
        return new FileReply(
            ResultBytes == 0
                ? AnswerFrames.Empty(request.Ref.Id)
                : AnswerFrames.Raw(request.Ref.Id, Encoding.UTF8.GetBytes($"\"{new string('x', ResultBytes)}\"")));
    }
}
