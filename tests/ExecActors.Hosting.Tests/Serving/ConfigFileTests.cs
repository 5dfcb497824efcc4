using ExecActors.Hosting.Tests.Support;

namespace ExecActors.Hosting.Tests.Serving;

public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("execactors.session.retentoin = 3s", "unknown key `execactors.session.retentoin`")]
    [InlineData("execactor.session.retention = 3s", "unknown key `execactor`")]
    [InlineData("execactors.session.retention = 3", "`execactors.session.retention` is `3`; it must be a duration")]
    [InlineData("execactors.limits.sessions = many", "`execactors.limits.sessions` is `many`; it must be a whole number")]
    [InlineData("execactors.limits.message-bytes = 1KiB", "`execactors.limits.message-bytes` is `1KiB`; it must be a size")]
    [InlineData("execactors.session = 3s", "`execactors.session` is a group of keys")]
    [InlineData("execactors.session.retention { a = 1 }", "`execactors.session.retention` is a single value")]
    [InlineData("execactors { ", "is no valid HOCON: `{` in line 1 is not closed")]
    [InlineData("execactors {\n}\n}", "is no valid HOCON: `}` in line 3 closes nothing")]
    [InlineData("execactors.session.retention = \"3s", "is no valid HOCON: the string that begins in line 1 is not closed")]
    public async Task A_setting_that_is_wrong_stops_the_start_and_is_named_by_its_full_path(string hocon, string message)
    {
        var file = _folder.Write("settings.conf", hocon);

        await using var run = await ServerRun.RunToEndAsync("serve", "--config", file);

        Assert.Equal(1, await run.Ended);
        Assert.StartsWith("Error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("hocon/execactors.conf lists every key", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_stops_the_start()
    {
        await using var run = await ServerRun.RunToEndAsync("serve", "--config", Path.Combine(_folder.Path, "absent.conf"));

        Assert.Equal(1, await run.Ended);
        Assert.Contains("failed to read the settings", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_a_few_keys_is_taken()
    {
        var file = _folder.Write("settings.conf", "execactors { session { retention = 3s\n } }\nakka.loglevel = WARNING\n");

        await using var run = await ServerRun.ServeAsync("--config", file);

        Assert.Equal(0, await run.StopAsync());
    }

    public void Dispose() => _folder.Dispose();
}
