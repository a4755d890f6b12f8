"""activities: what is to be done with customers, and what was: to-dos, calls, meetings, visits.

Owns: activities, whom they are about and who takes part, which record went up in which.
Emits: activity.planned, activity.updated, activity.completed, activity.cancelled, activity.reopened, activity.deleted,
activity.restored, activity.reminded.
Hears: contact.merged, .unmerged, organization.merged, .unmerged, lead.converted (activities go with their record).
Offers (RPC): activity, activities, calendar, create_activity, update_activity, delete_activity, restore_activity.
"""
