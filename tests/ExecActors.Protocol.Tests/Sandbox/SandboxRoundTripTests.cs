using ExecActors.Protocol.Tests.FileSystem;
using FsCheck;
using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Sandbox;

public sealed class SandboxRoundTripTests
{
    [Property(MaxTest = 1000)]
    public void A_start_carries_the_sandbox_unchanged(DoNotSize<int> seed)
    {
        var sandbox = new RandomParams(seed.Item).Sandbox();
        var start = new ProcessStartParams("p", ["x"], "file:///", new Dictionary<string, string>(StringComparer.Ordinal), Tty: false) { Sandbox = sandbox };

        var written = Shuffled.Members(Wire.Text(Wire.Serialized(start)), new Random(seed.Item));
        var read = Wire.Accepted<ProcessStartParams>(ProcessStartParams.TryDecode, written);

        Assert.Equal(Wire.Text(Wire.Serialized(sandbox)), Wire.Text(Wire.Serialized(read.Sandbox!)));
    }

    [Theory]
    [InlineData("[{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"tmpdir\"}},\"access\":\"deny\"}", 20_000)]
    [InlineData("[{\"x\":[[[[{\"type\":\"path\"}]]]],\"path\":{\"path\":\"file:///a/../b\",\"type\":\"path\"},\"access\":\"deny\"}", 20_000)]
    public async Task Profiles_of_many_entries_are_read_soon(string first, int count)
    {
        var entries = string.Concat(Enumerable.Repeat(first[1..] + ",", count)) + first[1..];
        var sandbox = $"{{\"permissions\":{{\"file_system\":{{\"entries\":[{entries}],\"type\":\"restricted\"}},\"network\":\"restricted\",\"type\":\"managed\"}},\"windowsSandboxLevel\":\"disabled\"}}";
        var json = Wire.Utf8($"{{\"path\":\"file:///a\",\"sandbox\":{sandbox}}}");

        Assert.True(await Bounded.RunAsync(() => FsReadFileParams.TryDecode(json, out _, out _)));
    }

    [Fact]
    public void A_glob_depth_beyond_an_int_is_the_largest_int()
    {
        const string Json = """{"path":"file:///a","sandbox":{"permissions":{"type":"managed","file_system":{"type":"restricted","entries":[],"glob_scan_max_depth":18446744073709551615},"network":"enabled"},"windowsSandboxLevel":"disabled"}}""";

        Assert.Contains("\"glob_scan_max_depth\":2147483647", FsParams.Accepted("readFile", Json), StringComparison.Ordinal);
    }
}
