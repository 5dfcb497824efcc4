using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace ExecActors.Runtime.Connections;

/// <summary>The stream graph of every connection: both directions in one fused island, which is one actor.</summary>
internal static class ConnectionGraph
{
    // Two halves without an edge between them, so that each ends by itself. Fusing costs as much as running the graph: it is done once for all.
    private static readonly Fusing.FusedGraph<ClosedShape, NotUsed> _fused = Fusing.Aggressive(RunnableGraph.FromGraph(GraphDsl.Create(builder =>
    {
        var decoder = builder.Add(new DecodeStage());
        builder.From(builder.Add(new ReceiveStage()).Outlet).To(decoder.Inlet);
        builder.From(decoder.Outlet).To(builder.Add(new DispatchStage()).Inlet);
        builder.From(builder.Add(new OutboxSource()).Outlet).To(builder.Add(new SendStage()).Inlet);
        return ClosedShape.Instance;
    })));

    /// <summary>Runs the graph for one connection.</summary>
    public static void Run(IMaterializer materializer, ConnectionParts parts) => materializer.Materialize(_fused, new Attributes(parts));
}
