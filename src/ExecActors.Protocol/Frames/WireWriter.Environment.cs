using System.Buffers;

namespace ExecActors.Protocol;

/// <content>What the server says of itself. By hand like the rest: a serializer that reflects would take a tenth of the server's start for this one object.</content>
public static partial class WireWriter
{
    /// <summary>The object of <c>environment/info</c>; what is null is left out.</summary>
    public static void EnvironmentInfo(IBufferWriter<byte> output, EnvironmentInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var cursor = new Utf8Cursor(output);
        cursor.Raw("{\"shell\":{\"name\":"u8);
        cursor.String(info.Shell.Name);
        cursor.Raw(",\"path\":"u8);
        cursor.String(info.Shell.Path);
        cursor.Raw("}"u8);
        Member(ref cursor, ",\"executorVersion\":"u8, info.ExecutorVersion);
        Member(ref cursor, ",\"providerId\":"u8, info.ProviderId);
        Member(ref cursor, ",\"cwd\":"u8, info.Cwd);
        Member(ref cursor, ",\"userHomeDir\":"u8, info.UserHomeDir);
        Member(ref cursor, ",\"platformOs\":"u8, info.PlatformOs);
        Member(ref cursor, ",\"prependPathDirs\":"u8, info.PrependPathDirs);
        Member(ref cursor, ",\"temporaryDirectories\":"u8, info.TemporaryDirectories);
        Member(ref cursor, ",\"tempDir\":"u8, info.TempDir);
        if (info.Capabilities is { } capabilities)
        {
            cursor.Raw(",\"capabilities\":{"u8);
            var separator = ""u8;
            foreach (var (name, value) in capabilities)
            {
                cursor.Raw(separator);
                cursor.String(name);
                cursor.Raw(":"u8);
                cursor.Boolean(value);
                separator = ","u8;
            }

            cursor.Raw("}"u8);
        }

        cursor.Raw("}"u8);
        cursor.Flush();
    }

    private static void Member(ref Utf8Cursor cursor, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            cursor.Raw(name);
            cursor.String(value);
        }
    }

    private static void Member(ref Utf8Cursor cursor, ReadOnlySpan<byte> name, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            return;
        }

        cursor.Raw(name);
        var separator = "["u8;
        foreach (var value in values)
        {
            cursor.Raw(separator);
            cursor.String(value);
            separator = ","u8;
        }

        cursor.Raw(values.Count == 0 ? "[]"u8 : "]"u8);
    }
}
