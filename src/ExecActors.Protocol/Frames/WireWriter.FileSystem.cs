using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>Results and notifications of the file methods. Paths are the bytes of absolute paths and become URIs.</summary>
/// <remarks>
/// The methods that name no request id write the result's value alone, so that it can be made where the request is not known; <see cref="RawResult"/>
/// puts it into an answer.
/// </remarks>
public static partial class WireWriter
{
    /// <summary>The value of <c>fs/getMetadata</c>.</summary>
    /// <param name="output">Receives the value.</param>
    /// <param name="isDirectory">Whether the path is, or leads to, a directory.</param>
    /// <param name="isFile">Whether it is, or leads to, a regular file.</param>
    /// <param name="isSymlink">Whether the path itself is a link.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="createdAtMs">Milliseconds since the Unix epoch; 0 when unknown.</param>
    /// <param name="modifiedAtMs">Milliseconds since the Unix epoch.</param>
    public static void FsMetadata(
        IBufferWriter<byte> output, bool isDirectory, bool isFile, bool isSymlink, long size, long createdAtMs, long modifiedAtMs)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"isDirectory\":"u8);
        cursor.Boolean(isDirectory);
        cursor.Raw(",\"isFile\":"u8);
        cursor.Boolean(isFile);
        cursor.Raw(",\"isSymlink\":"u8);
        cursor.Boolean(isSymlink);
        cursor.Raw(",\"size\":"u8);
        cursor.Integer(size);
        cursor.Raw(",\"createdAtMs\":"u8);
        cursor.Integer(createdAtMs);
        cursor.Raw(",\"modifiedAtMs\":"u8);
        cursor.Integer(modifiedAtMs);
        cursor.Raw("}"u8);
        cursor.Flush();
    }

    /// <summary>The value of <c>fs/canonicalize</c>.</summary>
    public static void FsPath(IBufferWriter<byte> output, ReadOnlySpan<byte> path)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"path\":"u8);
        cursor.PathString(path);
        cursor.Raw("}"u8);
        cursor.Flush();
    }

    /// <summary>Begins the value of <c>fs/readDirectory</c> or <c>fs/walk</c>.</summary>
    public static void BeginFsEntries(IBufferWriter<byte> output) => output.Write("{\"entries\":["u8);

    /// <summary>Adds an entry of a directory.</summary>
    /// <param name="output">Receives the value.</param>
    /// <param name="first">Whether it is the first.</param>
    /// <param name="name">The bytes of its name; what is not UTF-8 is shown as U+FFFD.</param>
    /// <param name="isDirectory">Whether it is, or leads to, a directory.</param>
    /// <param name="isFile">Whether it is, or leads to, a regular file.</param>
    public static void FsDirectoryEntry(IBufferWriter<byte> output, bool first, ReadOnlySpan<byte> name, bool isDirectory, bool isFile)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw(first ? "{\"fileName\":"u8 : ",{\"fileName\":"u8);
        cursor.Utf8String(name);
        cursor.Raw(",\"isDirectory\":"u8);
        cursor.Boolean(isDirectory);
        cursor.Raw(",\"isFile\":"u8);
        cursor.Boolean(isFile);
        cursor.Raw("}"u8);
        cursor.Flush();
    }

    /// <summary>Ends the value of <c>fs/readDirectory</c>.</summary>
    public static void EndFsDirectory(IBufferWriter<byte> output) => output.Write("]}"u8);

    /// <summary>Adds an entry of a walk.</summary>
    /// <param name="output">Receives the value.</param>
    /// <param name="first">Whether it is the first.</param>
    /// <param name="path">Its path.</param>
    /// <param name="isDirectory">Otherwise it is a file.</param>
    public static void FsWalkEntry(IBufferWriter<byte> output, bool first, ReadOnlySpan<byte> path, bool isDirectory)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw(first ? "{\"path\":"u8 : ",{\"path\":"u8);
        cursor.PathString(path);
        cursor.Raw(isDirectory ? ",\"kind\":\"directory\"}"u8 : ",\"kind\":\"file\"}"u8);
        cursor.Flush();
    }

    /// <summary>Ends a walk's entries and begins its errors.</summary>
    public static void BeginFsWalkErrors(IBufferWriter<byte> output) => output.Write("],\"errors\":["u8);

    /// <summary>Adds an error of a walk.</summary>
    /// <param name="output">Receives the value.</param>
    /// <param name="first">Whether it is the first.</param>
    /// <param name="path">What could not be looked at.</param>
    /// <param name="message">Why.</param>
    public static void FsWalkError(IBufferWriter<byte> output, bool first, ReadOnlySpan<byte> path, string message)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw(first ? "{\"path\":"u8 : ",{\"path\":"u8);
        cursor.PathString(path);
        cursor.Raw(",\"message\":"u8);
        cursor.String(message);
        cursor.Raw("}"u8);
        cursor.Flush();
    }

    /// <summary>Ends the value of <c>fs/walk</c>.</summary>
    public static void EndFsWalk(IBufferWriter<byte> output, bool truncated) =>
        output.Write(truncated ? "],\"truncated\":true}"u8 : "],\"truncated\":false}"u8);

    /// <summary>Begins the answer to <c>fs/readFile</c>.</summary>
    public static void BeginReadFileResult(IBufferWriter<byte> output, RequestId id)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"dataBase64\":\""u8);
        cursor.Flush();
    }

    /// <summary>Adds a part of the file to the answer.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="bytes">The bytes; a multiple of three of them, but for the last part.</param>
    public static void ReadFilePart(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Base64Text(bytes);
        cursor.Flush();
    }

    /// <summary>Ends the answer to <c>fs/readFile</c>.</summary>
    public static void EndReadFileResult(IBufferWriter<byte> output) => output.Write("\"}}"u8);

    /// <summary>The answer to <c>fs/open</c>.</summary>
    public static void OpenResult(IBufferWriter<byte> output, RequestId id, string handleId)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"handleId\":"u8);
        cursor.String(handleId);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    /// <summary>The answer to <c>fs/readBlock</c>.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="bytes">What was read.</param>
    /// <param name="eof">Whether the file ends behind it.</param>
    public static void ReadBlockResult(IBufferWriter<byte> output, RequestId id, ReadOnlySpan<byte> bytes, bool eof)
    {
        var cursor = ResultCursor(output, id);
        cursor.Raw("{\"chunk\":"u8);
        cursor.Base64String(bytes);
        cursor.Raw(",\"eof\":"u8);
        cursor.Boolean(eof);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    /// <summary>The answer to <c>fs/watchMissing</c>.</summary>
    public static void WatchMissingResult(IBufferWriter<byte> output, RequestId id, bool watching) =>
        RawResult(output, id, watching ? "{\"watching\":true}"u8 : "{\"watching\":false}"u8);

    /// <summary><c>fs/missingChanged</c>: one of the missing paths may be there now.</summary>
    public static void MissingChanged(IBufferWriter<byte> output, ulong watchId)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"method\":\"fs/missingChanged\",\"params\":{\"watchId\":"u8);
        cursor.Integer(watchId);
        cursor.Raw("}}"u8);
        cursor.Flush();
    }

    /// <summary>Begins <c>fs/changed</c>.</summary>
    public static void BeginChanged(IBufferWriter<byte> output, ulong watchId)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"method\":\"fs/changed\",\"params\":{\"watchId\":"u8);
        cursor.Integer(watchId);
        cursor.Raw(",\"changes\":["u8);
        cursor.Flush();
    }

    /// <summary>Adds a change.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="first">Whether it is the first.</param>
    /// <param name="path">What changed.</param>
    /// <param name="kindUtf8"><c>created</c>, <c>modified</c> or <c>removed</c>.</param>
    public static void Change(IBufferWriter<byte> output, bool first, ReadOnlySpan<byte> path, ReadOnlySpan<byte> kindUtf8)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Raw(first ? "{\"path\":"u8 : ",{\"path\":"u8);
        cursor.PathString(path);
        cursor.Raw(",\"kind\":\""u8);
        cursor.Raw(kindUtf8);
        cursor.Raw("\"}"u8);
        cursor.Flush();
    }

    /// <summary>Ends <c>fs/changed</c>.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="overflow">Whether changes were lost: look at everything again.</param>
    public static void EndChanged(IBufferWriter<byte> output, bool overflow) =>
        output.Write(overflow ? "],\"overflow\":true}}"u8 : "],\"overflow\":false}}"u8);
}
