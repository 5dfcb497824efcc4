using System.Text;

namespace ExecActors.Protocol;

/// <summary>The one rule for the names of file handles.</summary>
internal static class FsHandleId
{
    /// <summary>Bytes of UTF-8 that an id may have.</summary>
    public const int MaxBytes = 32;

    /// <summary>Notes an id that is too long.</summary>
    public static void Check(ref ByteFieldReader fields, string? handleId)
    {
        if (handleId is not null && Encoding.UTF8.GetByteCount(handleId) > MaxBytes)
        {
            fields.Fail(Errors.FileHandleIdTooLong);
        }
    }
}
