namespace ExecActors.Protocol;

/// <summary>Path arithmetic without looking at the file system.</summary>
internal static class LexicalPath
{
    /// <summary>
    /// Removes empty segments, <c>.</c>, and <c>..</c> together with what it takes back; above the root there is the root.
    /// </summary>
    /// <param name="path">Segments divided by slashes, beginning with one. Overwritten.</param>
    public static byte[] Normalize(byte[] path)
    {
        // The result is never longer than what has been read, so one array serves both.
        var length = 0;
        for (var at = 0; at < path.Length;)
        {
            var rest = path.AsSpan(at);
            var slash = rest.IndexOf((byte)'/');
            var segment = slash < 0 ? rest : rest[..slash];
            if (segment.SequenceEqual(".."u8))
            {
                length = Math.Max(0, path.AsSpan(0, length).LastIndexOf((byte)'/'));
            }
            else if (!segment.IsEmpty && !segment.SequenceEqual("."u8))
            {
                path[length++] = (byte)'/';
                segment.CopyTo(path.AsSpan(length));
                length += segment.Length;
            }

            at += segment.Length + 1;
        }

        return length == 0 ? [(byte)'/'] : path.AsSpan(0, length).ToArray();
    }
}
