using System.Text;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.Support;

/// <summary>Output as text, with the stream it came from.</summary>
internal static class OutputText
{
    /// <summary>All chunks to the end, as <c>number kind text</c>.</summary>
    public static Task<List<string>> AllAsync(this RemoteProcess process) => CollectAsync(process, int.MaxValue).SoonAsync();

    /// <summary>The next chunks.</summary>
    public static Task<List<string>> NextAsync(this RemoteProcess process, int count) => CollectAsync(process, count).SoonAsync();

    private static async Task<List<string>> CollectAsync(RemoteProcess process, int count)
    {
        var chunks = new List<string>();
        await foreach (var chunk in process.ReadOutputAsync())
        {
            chunks.Add($"{chunk.Sequence} {chunk.Kind} {Encoding.UTF8.GetString(chunk.Bytes.Span)}");
            if (chunks.Count == count)
            {
                break;
            }
        }

        return chunks;
    }
}
