using System.Text;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.Transports;

/// <summary>Private servers that misbehave, played by a shell. At the end nothing may be left of them.</summary>
public class PrivateServerTests : IClassFixture<LeakCheck>
{
    private const string AnswerInitialize = """read line; echo '{"id":1,"result":{"sessionId":"s-1"}}'; """;

    [Fact]
    public async Task One_that_cannot_be_started_is_named()
    {
        var failure = await Assert.ThrowsAsync<ExecConnectionException>(
            () => ExecClient.StartPrivateAsync(new PrivateServerOptions { Command = ["/no/such/server"] }).SoonAsync());
        Assert.Equal("cannot start the private server /no/such/server: No such file or directory (os error 2)", failure.Message);
    }

    [Fact]
    public async Task One_that_ends_at_once_is_told_with_its_exit_code_and_its_errors_are_passed_on()
    {
        using var errors = new MemoryStream();
        var failure = await Assert.ThrowsAsync<ExecConnectionException>(() => StartAsync("echo trouble >&2; exit 9", errors));
        Assert.Contains("initialize over the private server sh: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("it ended with exit code 9", failure.Message, StringComparison.Ordinal);
        Assert.Equal("trouble\n", Encoding.UTF8.GetString(errors.ToArray()));
    }

    [Fact]
    public async Task One_that_ends_under_a_request_is_told_by_its_signal()
    {
        await using var client = await StartAsync(AnswerInitialize + "read line; read line; kill -KILL $$", Stream.Null);
        var failure = await Assert.ThrowsAsync<ExecConnectionException>(
            () => client.StartProcessAsync(new ProcessStartRequest { Command = ["x"] }).SoonAsync());
        Assert.EndsWith("it was ended by signal 9", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_does_not_end_with_its_input_is_killed()
    {
        var client = await StartAsync(AnswerInitialize + "exec sleep 1000", Stream.Null, TimeSpan.FromMilliseconds(20));
        Assert.Equal("s-1", client.SessionId);
        await client.DisposeAsync().AsTask().SoonAsync();
    }

    [Fact]
    public async Task One_that_ends_with_its_input_is_waited_for()
    {
        using var errors = new MemoryStream();
        var client = await StartAsync(AnswerInitialize + "cat > /dev/null; echo farewell >&2", errors);
        await client.DisposeAsync().AsTask().SoonAsync();
        Assert.Equal("farewell\n", Encoding.UTF8.GetString(errors.ToArray()));
    }

    [Fact]
    public async Task Its_environment_and_directory_are_as_asked()
    {
        using var errors = new MemoryStream();
        var server = new PrivateServerOptions
        {
            Command = ["/bin/sh", "-c", "echo $A $HOME >&2; pwd >&2; exit 1"],
            Environment = new Dictionary<string, string> { ["A"] = "1" },
            WorkingDirectory = "/usr",
            ErrorOutput = errors,
        };
        await Assert.ThrowsAsync<ExecConnectionException>(() => ExecClient.StartPrivateAsync(server).SoonAsync());
        Assert.Equal("1\n/usr\n", Encoding.UTF8.GetString(errors.ToArray()));
    }

    private static Task<ExecClient> StartAsync(string script, Stream errors, TimeSpan? closeTimeout = null) => ExecClient.StartPrivateAsync(
        new PrivateServerOptions { Command = ["sh", "-c", script], ErrorOutput = errors },
        new ExecClientOptions { CloseTimeout = closeTimeout ?? TestTimeouts.Default }).SoonAsync();
}
