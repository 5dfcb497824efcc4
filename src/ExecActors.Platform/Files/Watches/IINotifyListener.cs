using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Hears what happens to what it watches on a shared inotify descriptor.</summary>
internal interface IINotifyListener
{
    /// <summary>The record that <paramref name="happened"/> stands at concerns the listener. On the reactor's thread; also for a while after the listener left.</summary>
    void OnEvent(INotifyEvents happened);
}
