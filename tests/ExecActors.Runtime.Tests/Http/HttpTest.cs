using ExecActors.Runtime.Http;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Runtime.Workers;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>An HttpActor with a probe in the place of its session.</summary>
public abstract class HttpTest : RuntimeTest
{
    protected const long Epoch = 7;

    private readonly List<IDisposable> _kept = [];

    protected HttpTest(string hocon = "")
        : base(hocon)
    {
    }

    /// <summary>Requests through a handler of the test's own.</summary>
    private protected HttpConversation Converse(HttpMessageHandler handler, Dictionary<string, string>? variables = null) =>
        Converse(new HttpEngine(Settings.Http, handler), variables ?? []);

    /// <summary>Requests through real sockets.</summary>
    private protected HttpConversation Converse(Dictionary<string, string>? variables = null) =>
        Converse(new HttpEngine(Settings.Http, variables ?? []), variables ?? []);

    private protected HttpConversation Converse(HttpEngine engine, Dictionary<string, string> variables)
    {
        Keep(engine);
        var session = CreateTestProbe();
        var names = new SessionWorkers(Sys.Dispatchers.Lookup(WorkerLanes.NameDispatcher).Schedule, NameLookup.AtOnce);
        var actor = session.ChildActorOf(HttpActor.Props(new HttpEnvironment(engine, Settings.Http, variables, Lines), names, Epoch));
        return new HttpConversation(actor, session, Epoch);
    }

    /// <summary>A server by hand, for the time of the test.</summary>
    private protected RawUpstream Server => _kept.OfType<RawUpstream>().FirstOrDefault() ?? Keep(new RawUpstream());

    /// <summary>In the place of the sockets.</summary>
    private protected ScriptedHandler Handler => _kept.OfType<ScriptedHandler>().FirstOrDefault() ?? Keep(new ScriptedHandler());

    /// <summary>Disposed when the test is over.</summary>
    private protected T Keep<T>(T disposable)
        where T : IDisposable
    {
        _kept.Add(disposable);
        return disposable;
    }

    /// <summary>A failure as it stands on the wire.</summary>
    protected static string Error(int id, int code, string message) => Wire.Error(id, code, message);

    /// <summary>The answer when there was no response.</summary>
    protected static string SendFailed(int id, string url) => Error(id, -32603, $"http/request failed: error sending request for url ({url})");

    /// <summary>Completes once the actor and its streams have handled all that led to one another so far.</summary>
    private protected async Task SettledAsync(HttpConversation http)
    {
        for (var round = 0; round < 3; round++)
        {
            await IdentityAsync(http.Actor);
            for (var number = 1; number <= http.Streams; number++)
            {
                await IdentityAsync(Sys.ActorSelection(http.Actor.Path / $"stream-{number}"));
            }
        }
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        foreach (var disposable in _kept)
        {
            disposable.Dispose();
        }
    }
}
