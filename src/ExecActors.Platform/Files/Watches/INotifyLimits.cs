using System.Globalization;

namespace ExecActors.Platform;

/// <summary>What the machine lets a user watch by inotify(7).</summary>
public static class INotifyLimits
{
    /// <summary>Directories and files that a user may have watched at once (fs.inotify.max_user_watches); null where that cannot be told.</summary>
    public static int? UserWatches
    {
        get
        {
            try
            {
                var text = File.ReadAllText("/proc/sys/fs/inotify/max_user_watches");
                return int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var watches) ? watches : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
