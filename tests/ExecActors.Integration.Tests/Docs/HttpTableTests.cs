using System.Globalization;

namespace ExecActors.Integration.Tests.Docs;

/// <summary>The tables of HTTP answers in docs/PROTOCOL.md.</summary>
[Difference("host-rule")]
public sealed class HttpTableTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    public static TheoryData<string, int, string> Rows
    {
        get
        {
            var data = new TheoryData<string, int, string>();
            foreach (var row in ProtocolDocument.Instance.Table("request", "status", "body").Rows)
            {
                data.Add(row[0], int.Parse(row[1], CultureInfo.InvariantCulture), row.Count > 2 ? row[2] : "");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_request_gets_its_status_and_body(string request, int status, string body)
    {
        var parts = request.Split(" + ");
        var headers = parts.Skip(1).Select(header => header.Split(':', 2)).ToDictionary(header => header[0], header => header[1].Trim());
        var (method, path) = (parts[0].Split(' ')[0], parts[0].Split(' ')[1]);
        var answer = await RawHttp.SendAsync(fixture.Server.Endpoint, method, path, headers);
        Assert.Equal(status, answer.Status);
        Assert.Equal(body, answer.Body);
        Assert.Equal(body.Length > 0 ? "text/plain; charset=utf-8" : null, answer["content-type"]);
        Assert.Equal(status == 405 ? "GET,HEAD" : null, answer["allow"]?.Replace(", ", ",", StringComparison.Ordinal));
    }
}
