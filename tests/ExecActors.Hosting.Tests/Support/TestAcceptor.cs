using System.Collections.Concurrent;
using ExecActors.Runtime.Connections;

namespace ExecActors.Hosting.Tests.Support;

/// <summary>Serves connections by a function of the test.</summary>
internal sealed class TestAcceptor(Func<IFrameTransport, Task<ConnectionEnd>> serve) : IConnectionAcceptor
{
    public bool HasRoom { get; set; } = true;

    public ConcurrentQueue<string> Peers { get; } = [];

    /// <summary>Sends every frame back until the peer ends; <c>close</c> makes the server close with 1001 instead.</summary>
    public static TestAcceptor Echo() => new(EchoAsync);

    public static async Task<ConnectionEnd> EchoAsync(IFrameTransport transport)
    {
        var frame = new List<byte>();
        var buffer = new byte[1000];
        while (true)
        {
            var outcome = await transport.ReceiveAsync(buffer, CancellationToken.None);
            if (outcome.Ended)
            {
                return new ConnectionEnd(outcome.EndReason!);
            }

            frame.AddRange(buffer.AsSpan(0, outcome.Count));
            var complete = transport.Delimiter == FrameDelimiter.Message ? outcome.EndOfFrame : frame is [.., (byte)'\n'];
            if (!complete)
            {
                continue;
            }

            if (transport.Delimiter == FrameDelimiter.Newline)
            {
                frame.RemoveAt(frame.Count - 1);
            }

            await transport.SendAsync(frame.ToArray(), more: false, CancellationToken.None);
            frame.Clear();
        }
    }

    public async Task<ConnectionEnd> ServeAsync(IFrameTransport transport)
    {
        Peers.Enqueue(transport.Peer);
        await using (transport)
        {
            return await serve(transport);
        }
    }
}
