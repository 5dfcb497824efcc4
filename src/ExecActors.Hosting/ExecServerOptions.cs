using ExecActors.Hosting.Authentication;
using ExecActors.Runtime;
using Microsoft.AspNetCore.Http;

namespace ExecActors.Hosting;

/// <summary>How the exec-server appears to its clients. Read once, when the first connection or the host starts.</summary>
public sealed class ExecServerOptions
{
    /// <summary>Who may open a WebSocket; null lets everybody in.</summary>
    /// <value>Default null: fit for a loopback address only.</value>
    public WebSocketAuthentication? Authentication { get; set; }

    /// <summary>
    /// Who is behind a request, where an embedding host knows better than <see cref="Authentication"/>: nobody else finds the sessions that this one opens.
    /// <see cref="Runtime.Principal.Named"/> makes one. Asked once for each upgrade that was let in.
    /// </summary>
    /// <value>
    /// Null, the default: the user that the host has authenticated (<see cref="HttpContext.User"/>), whose connection ends with the authentication's
    /// <c>ExpiresUtc</c>. Without one, and where this answers null, it is whoever <see cref="Authentication"/> found.
    /// </value>
    public Func<HttpContext, Principal?>? Principal { get; set; }

    /// <summary>
    /// Host names, without port, under which the server may be addressed besides IP literals and <c>localhost</c>. Another name in the Host
    /// header is refused, so that no web page can reach the server by pointing a name of its own at it (DNS rebinding).
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Requests of one connection that may run at once; the rest wait in order.</summary>
    /// <value>At least 1; null, the default, for no cap.</value>
    public int? ConcurrentRequests { get; set; }

    /// <summary>
    /// Whether everything that descends from a process ends with it, and with this program however that ends, as the <c>execactors</c> binary does it
    /// (<c>execactors.lifetime</c>). It changes the whole program: it enters a cgroup of its own or adopts orphans as their subreaper, its soft RLIMIT_LOCKS changes while a
    /// process starts, and a guardian runs beside it. What else the program starts is left alone, except that in a cgroup it ends with the program, too, and
    /// in the other way when it made a session of its own (setsid).
    /// </summary>
    /// <value>Default false: only process groups are ended.</value>
    public bool ContainsDescendants { get; set; }

    /// <summary>
    /// Whether the server collects this program's garbage when a load has ended, so that what a large message or file took goes back to the system within
    /// seconds, as the <c>execactors</c> binary does it (<c>execactors.memory</c>). A collection stops the whole program for some tens of milliseconds for each
    /// 100 MiB that it has in use.
    /// </summary>
    /// <value>Default false: the runtime collects when it sees fit.</value>
    public bool GivesMemoryBack { get; set; }

    /// <summary>Settings over the built-in ones, as HOCON; see <c>hocon/execactors.conf</c> for every key.</summary>
    /// <value>Null, the default, for none. An unknown key or a bad value stops the host's start.</value>
    public string? Hocon { get; set; }

    /// <summary>What error texts call <see cref="Hocon"/>: the file it came from, for instance.</summary>
    public string HoconSource { get; set; } = "ExecServerOptions.Hocon";
}
