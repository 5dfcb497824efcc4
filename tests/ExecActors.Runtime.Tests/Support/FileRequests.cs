using System.Buffers;
using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>A temporary folder, and file requests on it whose outcome is text: the JSON of the result, or code and message of the refusal.</summary>
internal sealed class FileRequests : IDisposable
{
    /// <summary>The id that whole answers carry.</summary>
    public static readonly RequestId Id = RequestId.FromNumber(3);

    /// <summary>A window without anything under way.</summary>
    public static RequestWindow Window => new(ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits, new Outbox());

    private readonly TemporaryFolder _folder = new();

    /// <summary>What stands in for the folder in outcomes.</summary>
    public string Uri => $"file://{_folder.Path}";

    /// <summary>The bytes of a path in the folder.</summary>
    public byte[] this[string name] => Encoding.UTF8.GetBytes(Text(name));

    /// <summary>A path in the folder.</summary>
    public string Text(string name) => name.Length == 0 ? _folder.Path : $"{_folder.Path}/{name}";

    public FileRequests File(string name, string content = "hello\n")
    {
        _folder.Write(name, content);
        return this;
    }

    public FileRequests Directory(string name)
    {
        System.IO.Directory.CreateDirectory(Text(name));
        return this;
    }

    public FileRequests Link(string name, string target)
    {
        System.IO.File.CreateSymbolicLink(Text(name), target);
        return this;
    }

    /// <summary>Executes a record; the folder's URI is <c>F</c> in the outcome.</summary>
    public string Execute(object parameters)
    {
        var result = new ArrayBufferWriter<byte>();
        return Shown(FileExecutor.Execute(parameters, result) ?? new RpcError(0, Encoding.UTF8.GetString(result.WrittenSpan)));
    }

    /// <summary>Opens and reads whole: the answer.</summary>
    public string Read(string name, bool followSymlinks = true)
    {
        if (!FileExecutor.TryOpen(new FsReadFileParams(this[name], followSymlinks), out var handle, out var error))
        {
            return Shown(error);
        }

        using (handle)
        using (var answer = FileTransfer.ReadAll(handle, Id, Window).Frame)
        {
            return Encoding.UTF8.GetString(answer.Span);
        }
    }

    /// <summary>Checks, opens and writes whole: <c>{}</c> or the refusal.</summary>
    public string Write(string name, string base64, bool followSymlinks = true)
    {
        var request = new FsWriteFileParams(this[name], Encoding.UTF8.GetBytes(base64), followSymlinks);
        if (FileTransfer.Check(request) is { } wrong)
        {
            return Shown(wrong);
        }

        if (!FileExecutor.TryOpen(request, out var handle, out var error))
        {
            return Shown(error);
        }

        using (handle)
        {
            return Shown(FileTransfer.WriteAll(handle, request.DataBase64.Span) ?? new RpcError(0, "{}"));
        }
    }

    /// <summary>Opens a handle; null when refused, with the refusal.</summary>
    public FileHandle? Open(string name, FsOpenMode mode, bool atomic, out string refusal)
    {
        refusal = FileExecutor.TryOpen(new FsOpenParams("h", this[name], mode, atomic), out var handle, out var error) ? "" : Shown(error);
        return handle;
    }

    public void Dispose() => _folder.Dispose();

    private string Shown(RpcError outcome)
    {
        var text = outcome.Message.Replace(Uri, "F", StringComparison.Ordinal).Replace(_folder.Path, "P", StringComparison.Ordinal);
        return outcome.Code == 0 ? text : $"{outcome.Code} {text}";
    }
}
