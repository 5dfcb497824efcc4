using System.Net;
using System.Net.Sockets;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Sockets;

public sealed class ListenSocketOptionsTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task An_accepted_connection_inherits_what_the_listening_socket_has(string address)
    {
        using var listener = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        new ListenSocketOptions().Apply(listener);
        listener.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        listener.Listen();
        using var client = new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!).SoonAsync();
        using var accepted = await listener.AcceptAsync().SoonAsync();

        Assert.Equal((1, 10, 5, 3), Options(accepted));
        Assert.Equal((0, 7200, 75, 9), Options(client));
    }

    [Fact]
    public void Other_values_are_taken()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        new ListenSocketOptions
        {
            KeepAliveIdle = TimeSpan.FromSeconds(60),
            KeepAliveInterval = TimeSpan.FromSeconds(7),
            KeepAliveProbes = 4,
        }.Apply(socket);

        Assert.Equal((1, 60, 7, 4), Options(socket));
    }

    private static (int KeepAlive, int Idle, int Interval, int Probes) Options(Socket socket)
    {
        int Tcp(SocketOptionName name) => (int)socket.GetSocketOption(SocketOptionLevel.Tcp, name)!;
        return (
            (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!,
            Tcp(SocketOptionName.TcpKeepAliveTime),
            Tcp(SocketOptionName.TcpKeepAliveInterval),
            Tcp(SocketOptionName.TcpKeepAliveRetryCount));
    }
}
