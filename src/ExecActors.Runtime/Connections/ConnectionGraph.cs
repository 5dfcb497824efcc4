using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace ExecActors.Runtime.Connections;

/// <summary>One connection's stream graph: both directions in one fused island, which is one actor.</summary>
internal static class ConnectionGraph
{
    /// <summary>Joins the stages; two halves without an edge between them, so that each ends by itself.</summary>
    public static RunnableGraph<NotUsed> Create(ReceiveStage receive, DecodeStage decode, DispatchStage dispatch, OutboxSource outbox, SendStage send) =>
        RunnableGraph.FromGraph(GraphDsl.Create(builder =>
        {
            var decoder = builder.Add(decode);
            builder.From(builder.Add(receive).Outlet).To(decoder.Inlet);
            builder.From(decoder.Outlet).To(builder.Add(dispatch).Inlet);
            builder.From(builder.Add(outbox).Outlet).To(builder.Add(send).Inlet);
            return ClosedShape.Instance;
        }));
}
