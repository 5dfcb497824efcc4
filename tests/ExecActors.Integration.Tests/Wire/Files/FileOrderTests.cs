using System.Globalization;

namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary>What of file requests keeps its order, and what does not wait for them.</summary>
[Difference("concurrent-requests")]
public sealed class FileOrderTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Requests_for_one_path_happen_as_sent()
    {
        var reads = new List<long>();
        for (var i = 0; i < 200; i++)
        {
            await PostAsync("fs/writeFile", $$"""{"path":"file://ROOT/f","dataBase64":"{{Base64($"{i}")}}"}""");
            reads.Add(await PostAsync("fs/readFile", """{"path":"file://ROOT/f"}"""));
        }

        for (var i = 0; i < reads.Count; i++)
        {
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), Text(WireClient.ResultOf(await Client.AnswerAsync(reads[i])), "dataBase64"));
        }
    }

    [Fact]
    public async Task Requests_for_a_folder_and_what_is_in_it_happen_as_sent()
    {
        for (var round = 0; round < 30; round++)
        {
            List<(long Id, string Outcome)> posted =
            [
                (await PostAsync("fs/createDirectory", """{"path":"file://ROOT/d/e"}"""), "{}"),
                (await PostAsync("fs/writeFile", """{"path":"file://ROOT/d/e/f","dataBase64":"eA=="}"""), "{}"),
                (await PostAsync("fs/copy", """{"sourcePath":"file://ROOT/d","destinationPath":"file://ROOT/c","recursive":true}"""), "{}"),
                (await PostAsync("fs/readFile", """{"path":"file://ROOT/c/e/f"}"""), """{"dataBase64":"eA=="}"""),
                (await PostAsync("fs/readDirectory", """{"path":"file://ROOT/d/e"}"""), """{"entries":[{"fileName":"f","isDirectory":false,"isFile":true}]}"""),
                (await PostAsync("fs/remove", """{"path":"file://ROOT/d","force":false}"""), "{}"),
                (await PostAsync("fs/getMetadata", """{"path":"file://ROOT/d/e/f"}"""), "-32004 No such file or directory (os error 2)"),
                (await PostAsync("fs/remove", """{"path":"file://ROOT/c","force":false}"""), "{}"),
                (await PostAsync("fs/canonicalize", """{"path":"file://ROOT/c"}"""), "-32004 No such file or directory (os error 2)"),
            ];
            foreach (var (id, outcome) in posted)
            {
                Compare(await Client.AnswerAsync(id), outcome, $"round {round}");
            }
        }
    }

    [Fact]
    public async Task A_handle_may_be_used_before_its_open_is_answered()
    {
        for (var round = 0; round < 30; round++)
        {
            List<(long Id, string Outcome)> posted = [(await PostAsync("fs/open", """{"handleId":"w","path":"file://ROOT/f","mode":"replace"}"""), """{"handleId":"w"}""")];
            for (var i = 0; i < 10; i++)
            {
                posted.Add((await PostAsync("fs/writeBlock", $$"""{"handleId":"w","offset":{{i}},"chunk":"{{Base64($"{i}{i}")}}"}"""), "{}"));
            }

            posted.Add((await PostAsync("fs/close", """{"handleId":"w"}"""), "{}"));
            posted.Add((await PostAsync("fs/open", """{"handleId":"r","path":"file://ROOT/f"}"""), """{"handleId":"r"}"""));
            posted.Add((await PostAsync("fs/readBlock", """{"handleId":"r","offset":0,"len":100}"""), $$"""{"chunk":"{{Base64("01234567899")}}","eof":true}"""));
            posted.Add((await PostAsync("fs/close", """{"handleId":"r"}"""), "{}"));
            posted.Add((await PostAsync("fs/readBlock", """{"handleId":"r","offset":0,"len":100}"""), "-32004 unknown file handle `r`"));
            foreach (var (id, outcome) in posted)
            {
                Compare(await Client.AnswerAsync(id), outcome, $"round {round}");
            }
        }
    }

    [Fact]
    public async Task A_large_file_holds_up_nothing_else()
    {
        Tree.Sparse("big", 40 * 1024 * 1024).File("small", "x");
        var big = await PostAsync("fs/readFile", """{"path":"file://ROOT/big"}""");
        var small = await PostAsync("fs/readFile", """{"path":"file://ROOT/small"}""");
        var status = await Client.PostAsync("environment/status");
        var first = (long)(await Client.NextAsync())!["id"]!;
        var second = (long)(await Client.NextAsync())!["id"]!;
        Assert.Equal([small, status], new[] { first, second }.Order());
        var answer = await Client.AnswerAsync(big);
        Assert.Equal((40 * 1024 * 1024 + 2) / 3 * 4, ((string)answer["result"]!["dataBase64"]!).Length);
    }

    [Fact]
    public async Task A_waiting_process_holds_up_no_file_and_a_file_no_process()
    {
        Tree.File("a", "x").Sparse("big", 40 * 1024 * 1024);
        await Client.StartAsync(WireClient.StartParams("p", "/bin/sleep", "60"));
        var poll = await Client.PostAsync("process/read", WireClient.ReadParams("p", waitMs: 60_000));
        Assert.Equal("x", await ContentAsync("a"));
        var big = await PostAsync("fs/readFile", """{"path":"file://ROOT/big"}""");
        Assert.True(await Client.TerminateAsync("p"));
        Assert.Equal(137, (int)WireClient.ResultOf(await Client.AnswerAsync(poll))["exitCode"]!);
        WireClient.ResultOf(await Client.AnswerAsync(big));
        await Client.FinishAsync("p");
    }

    [Fact]
    public async Task Thousands_of_pipelined_requests_are_all_answered()
    {
        Tree.File("a", "x");
        var posted = new List<long>();
        for (var i = 0; i < 3000; i++)
        {
            posted.Add(await PostAsync(i % 2 == 0 ? "fs/getMetadata" : "fs/readFile", """{"path":"file://ROOT/a"}"""));
        }

        foreach (var id in posted)
        {
            WireClient.ResultOf(await Client.AnswerAsync(id));
        }
    }

    private Task<long> PostAsync(string method, string parameters) => Client.PostAsync(method, Params(parameters));
}
