namespace ExecActors.Integration.Tests.Wire;

/// <summary>What a failed start says to programs, and starts that are refused rather than made as something else.</summary>
public sealed class StartFailureTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    /// <summary>A change of the params; code, kind, errno and path of the refusal.</summary>
    public static TheoryData<string, int, string, int?, string?> Failures => new()
    {
        { """{"argv":["/no/such/program"]}""", ErrorCode.InternalError, "spawnNotFound", 2, "/no/such/program" },
        { """{"argv":["nosuchprogram"]}""", ErrorCode.InternalError, "spawnNotFound", 2, "nosuchprogram" },
        { """{"argv":["nosuchprogram"],"tty":true}""", ErrorCode.InternalError, "spawnFailed", 2, "nosuchprogram" },
        { """{"cwd":"file:///no/such/directory"}""", ErrorCode.InternalError, "spawnNotFound", 2, "/no/such/directory" },
        { """{"cwd":"file:///no/such/%FE"}""", ErrorCode.InternalError, "spawnNotFound", 2, "file:///no/such/%FE" },
        { """{"cwd":"file:///etc/passwd"}""", ErrorCode.InternalError, "spawnFailed", 20, "/etc/passwd" },
        { """{"argv":["/etc/passwd"]}""", ErrorCode.InternalError, "spawnPermissionDenied", 13, "/etc/passwd" },
        { """{"argv":[""]}""", ErrorCode.InternalError, "spawnFailed", null, null },
        { """{"argv":["/bin/echo","a\u0000b"]}""", ErrorCode.InternalError, "spawnFailed", null, null },
        { """{"sandbox":{"permissions":{"type":"disabled"},"windowsSandboxLevel":"mxc"}}""", ErrorCode.InvalidParams, "sandboxUnavailable", null, null },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    [Difference("start-error-data")]
    public async Task A_failed_start_has_its_kind_its_errno_and_what_it_was_about(string change, int code, string kind, int? errno, string? path)
    {
        await using var client = await fixture.OpenAsync();
        var parameters = WireClient.StartParams("p", "/bin/true");
        parameters.Merge(JObject.Parse(change), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace });
        var error = await client.ErrorAsync("process/start", parameters);
        var data = new JObject { ["kind"] = kind };
        if (errno is not null)
        {
            data["errno"] = errno;
        }

        if (path is not null)
        {
            data["path"] = path;
        }

        Assert.Equal((code, data.ToString()), (error.Code, error.Data?.ToString()));
    }

    [Theory]
    [InlineData("A=B")]
    [InlineData("")]
    [InlineData("A\0B")]
    [Difference("env-names")]
    public async Task A_name_that_cannot_be_one_is_refused_and_named(string name)
    {
        await using var client = await fixture.OpenAsync();
        var shown = name.Replace("\0", "\\0", StringComparison.Ordinal);
        var parameters = WireClient.StartParams("p", "/bin/true");
        parameters["env"] = new JObject { [name] = "x" };
        var error = await client.ErrorAsync("process/start", parameters);
        Assert.Equal((ErrorCode.InvalidParams, $"env has the name \"{shown}\"; a name is not empty and has no `=` and no NUL in it", null), (error.Code, error.Message, error.Data));

        parameters["env"] = new JObject();
        parameters["envPolicy"] = new JObject
        {
            ["inherit"] = "none",
            ["ignoreDefaultExcludes"] = true,
            ["exclude"] = new JArray(),
            ["set"] = new JObject { [name] = "x" },
            ["includeOnly"] = new JArray(),
        };
        Assert.StartsWith($"envPolicy.set has the name \"{shown}\"; ", (await client.ErrorAsync("process/start", parameters)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"argv":["/bin/echo","\ud800"]}""")]
    [InlineData("""{"env":{"A":"\udcff"}}""")]
    [InlineData("""{"cwd":"/tmp/\ud800"}""")]
    public async Task Half_a_surrogate_pair_is_no_message(string change)
    {
        await using var client = await fixture.OpenAsync();
        var parameters = WireClient.StartParams("p", "/bin/true").ToString(Newtonsoft.Json.Formatting.None);
        var frame = $$"""{"id":7,"method":"process/start","params":{{parameters[..^1]}},{{change[1..]}}}""";
        await client.SendAsync(frame);
        Assert.Equal(ErrorCode.InvalidRequest, WireError.Of(await client.AnswerAsync(-1)).Code);
    }

    [Fact]
    [Difference("last-line")]
    public async Task The_last_line_of_standard_input_needs_no_newline()
    {
        await using var server = ServerProcess.Launch(["--listen", "stdio"]);
        await server.Input.WriteAsync("""{"id":1,"method":"initialize","params":{"clientName":"test"}}"""u8.ToArray());
        server.Input.Close();
        var answer = await Patience.ForAsync(server.Output.ReadLineAsync(), () => "the answer");
        Assert.Equal(1, (int?)JObject.Parse(answer!)["id"]);
        Assert.Equal(0, await server.ExitAsync());
    }
}
