namespace ExecActors.Integration.Tests.Docs;

/// <summary>A fenced block.</summary>
/// <param name="Heading">The heading it stands under.</param>
/// <param name="Info">What follows the fence, for instance <c>wire bare</c>.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Lines">Its content.</param>
public sealed record DocumentBlock(string Heading, string Info, int Line, IReadOnlyList<string> Lines);

/// <summary>A table.</summary>
/// <param name="Heading">The heading it stands under.</param>
/// <param name="Columns">Its head.</param>
/// <param name="Rows">Its cells, code spans unwrapped.</param>
public sealed record DocumentTable(string Heading, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>docs/PROTOCOL.md, as far as tests read it: headings, tables and fenced blocks.</summary>
public sealed class ProtocolDocument
{
    private readonly List<string> _headings = [];
    private readonly List<DocumentBlock> _blocks = [];
    private readonly List<DocumentTable> _tables = [];

    private ProtocolDocument(string[] lines)
    {
        var heading = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.IndexOf(lines, "```", i + 1);
                _blocks.Add(new DocumentBlock(heading, lines[i][3..], i + 1, lines[(i + 1)..end]));
                i = end;
            }
            else if (lines[i].StartsWith('#'))
            {
                heading = lines[i].TrimStart('#').Trim();
                _headings.Add(heading);
            }
            else if (lines[i].StartsWith('|'))
            {
                var end = Array.FindIndex(lines, i, line => !line.StartsWith('|'));
                end = end < 0 ? lines.Length : end;
                _tables.Add(new DocumentTable(heading, Cells(lines[i]), [.. lines[(i + 2)..end].Select(Cells)]));
                i = end - 1;
            }
        }
    }

    /// <summary>The document.</summary>
    public static ProtocolDocument Instance { get; } = new(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "PROTOCOL.md")));

    /// <summary>All headings.</summary>
    public IReadOnlyList<string> Headings => _headings;

    /// <summary>All fenced blocks.</summary>
    public IReadOnlyList<DocumentBlock> Blocks => _blocks;

    /// <summary>The tables with these columns.</summary>
    public IEnumerable<DocumentTable> Tables(params string[] columns) => _tables.Where(table => table.Columns.SequenceEqual(columns));

    /// <summary>The one table with these columns.</summary>
    public DocumentTable Table(params string[] columns) => Assert.Single(Tables(columns));

    private static List<string> Cells(string line) => [.. line.Trim().Trim('|').Split(" | ").Select(Unwrap)];

    private static string Unwrap(string cell)
    {
        var text = cell.Trim();
        return text switch
        {
            ['`', '`', .. var inner, '`', '`'] => inner.EndsWith('`' + " ", StringComparison.Ordinal) ? inner.TrimEnd(' ') : inner,
            ['`', .. var inner, '`'] => inner,
            _ => text,
        };
    }
}
