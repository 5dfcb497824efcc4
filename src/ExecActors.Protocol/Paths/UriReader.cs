namespace ExecActors.Protocol;

/// <summary>Reads members that are path URIs.</summary>
internal static class UriReader
{
    /// <summary>A URI; null after an error only.</summary>
    public static ParsedPathUri? Read(ref ByteFieldReader fields) => Parse(ref fields, fields.String());

    /// <summary>A URI or null; null after an error too.</summary>
    public static ParsedPathUri? ReadOrNull(ref ByteFieldReader fields) => Parse(ref fields, fields.StringOrNull());

    /// <summary>An array of URIs; what was read so far after an error.</summary>
    public static List<ParsedPathUri> ReadList(ref ByteFieldReader fields)
    {
        var list = new List<ParsedPathUri>();
        if (fields.EnterArray())
        {
            ReadElements(ref fields, list);
        }

        return list;
    }

    /// <summary>An array of URIs or null; null after an error too.</summary>
    public static List<ParsedPathUri>? ReadListOrNull(ref ByteFieldReader fields)
    {
        if (!fields.EnterArrayOrNull())
        {
            return null;
        }

        var list = new List<ParsedPathUri>();
        ReadElements(ref fields, list);
        return list;
    }

    private static void ReadElements(ref ByteFieldReader fields, List<ParsedPathUri> list)
    {
        while (fields.NextElement())
        {
            if (Read(ref fields) is { } uri)
            {
                list.Add(uri);
            }
        }
    }

    private static ParsedPathUri? Parse(ref ByteFieldReader fields, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (ParsedPathUri.TryParse(text, out var uri, out var error))
        {
            return uri;
        }

        fields.Fail(error);
        return null;
    }
}
