using System.Net;
using ExecActors.Server.Serving;

namespace ExecActors.Hosting.Tests.Serving;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("ws://127.0.0.1:0", "127.0.0.1:0", true)]
    [InlineData("ws://127.0.0.1:00", "127.0.0.1:0", true)]
    [InlineData("ws://127.8.9.10:65535", "127.8.9.10:65535", true)]
    [InlineData("ws://[::1]:4433", "[::1]:4433", true)]
    [InlineData("ws://[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1", true)]
    [InlineData("ws://0.0.0.0:1", "0.0.0.0:1", false)]
    [InlineData("ws://[::]:1", "[::]:1", false)]
    [InlineData("ws://192.0.2.1:1", "192.0.2.1:1", false)]
    [InlineData("ws://[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.1]:1", false)]
    public void A_literal_address_with_a_port_is_taken(string url, string endPoint, bool loopback)
    {
        var address = ListenAddress.Parse(url);

        Assert.Equal((IPEndPoint.Parse(endPoint), loopback), (address.EndPoint, address.IsLoopback));
    }

    [Theory]
    [InlineData("stdio")]
    [InlineData("stdio://")]
    public void Standard_input_and_output_have_no_address(string url) => Assert.Null(ListenAddress.Parse(url).EndPoint);

    [Theory]
    [InlineData("wss://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("WS://127.0.0.1:0")]
    [InlineData(" ws://127.0.0.1:0")]
    [InlineData("127.0.0.1:0")]
    [InlineData("unix:///tmp/socket")]
    [InlineData("STDIO")]
    [InlineData("stdio:")]
    [InlineData("")]
    public void Another_scheme_is_unsupported(string url)
    {
        var error = Assert.Throws<ExecServerSettingsException>(() => ListenAddress.Parse(url));

        Assert.Equal($"unsupported --listen URL `{url}`; expected `ws://IP:PORT` or `stdio`", error.Message);
    }

    [Theory]
    [InlineData("ws://")]
    [InlineData("ws://localhost:0")]
    [InlineData("ws://example.test:80")]
    [InlineData("ws://127.0.0.1")]
    [InlineData("ws://127.0.0.1:")]
    [InlineData("ws://127.0.0.1:x")]
    [InlineData("ws://127.0.0.1:+5")]
    [InlineData("ws://127.0.0.1:-5")]
    [InlineData("ws://127.0.0.1: 5")]
    [InlineData("ws://127.0.0.1:65536")]
    [InlineData("ws://127.0.0.1:70000")]
    [InlineData("ws://127.0.0.1:0/")]
    [InlineData("ws://127.0.0.1:0/x")]
    [InlineData("ws://127.0.0.1:0?x")]
    [InlineData("ws:// 127.0.0.1:0")]
    [InlineData("ws://user@127.0.0.1:0")]
    [InlineData("ws://127.1:0")]
    [InlineData("ws://0127.0.0.1:0")]
    [InlineData("ws://0x7f000001:0")]
    [InlineData("ws://[127.0.0.1]:0")]
    [InlineData("ws://::1:0")]
    [InlineData("ws://[::1]")]
    [InlineData("ws://[fe80::1%lo]:0")]
    [InlineData("ws://:0")]
    [InlineData("ws://[]:0")]
    public void Anything_but_a_literal_address_with_a_port_is_invalid(string url)
    {
        var error = Assert.Throws<ExecServerSettingsException>(() => ListenAddress.Parse(url));

        Assert.Equal($"invalid websocket --listen URL `{url}`; expected `ws://IP:PORT`", error.Message);
    }
}
