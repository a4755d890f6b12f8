"""activities: what is to be done with customers, and what was: to-dos, calls, meetings, visits.

Owns: activities, whom they are about and who takes part, which record went up in which.
Emits: activity.planned, activity.updated, activity.completed, activity.cancelled, activity.reopened, activity.deleted,
activity.restored.
Hears: contact.merged, lead.converted (an activity goes along with its record).
Offers (RPC): activity, activities, create_activity, update_activity, delete_activity, restore_activity.
"""
